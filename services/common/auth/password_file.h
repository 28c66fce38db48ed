#ifndef SERVICES_COMMON_AUTH_PASSWORD_FILE_H_
#define SERVICES_COMMON_AUTH_PASSWORD_FILE_H_

#include <string>

#include "absl/status/statusor.h"

namespace ledgercast {

inline constexpr char kPasswordFileHelp[] = "a file of one line; - reads standard input";

// Reads the password in `path` and drops the end of its line. Passwords are never taken from the
// command line, because everybody on the machine can read it.
absl::StatusOr<std::string> ReadPasswordFile(const std::string& path);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_PASSWORD_FILE_H_
