#ifndef SERVICES_COMMON_AUTH_PASSWORD_FILE_H_
#define SERVICES_COMMON_AUTH_PASSWORD_FILE_H_

#include <string>

#include "absl/status/statusor.h"

namespace ledgercast {

inline constexpr char kPasswordFileHelp[] = "a file of one line; - reads standard input";

// Reads the password in `path`, without the end of its line. Passwords are never arguments, which
// everybody on the machine can read.
absl::StatusOr<std::string> ReadPasswordFile(const std::string& path);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_PASSWORD_FILE_H_
