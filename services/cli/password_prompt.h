#ifndef SERVICES_CLI_PASSWORD_PROMPT_H_
#define SERVICES_CLI_PASSWORD_PROMPT_H_

#include <string>

#include "absl/status/statusor.h"

namespace ledgercast::cli {

// Asks for a password at the terminal on standard input, without showing what is typed. Ctrl-C ends
// the program as usual, after the terminal's settings are restored.
absl::StatusOr<std::string> AskPassword(const std::string& prompt);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_PASSWORD_PROMPT_H_
