#ifndef SERVICES_CLI_PASSWORD_PROMPT_H_
#define SERVICES_CLI_PASSWORD_PROMPT_H_

#include <string>

#include "absl/status/statusor.h"

namespace ledgercast::cli {

// Asks for a password at the terminal on standard input, which does not show what is typed. Ctrl-C
// ends the program as ever, with the terminal as it was.
absl::StatusOr<std::string> AskPassword(const std::string& prompt);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_PASSWORD_PROMPT_H_
