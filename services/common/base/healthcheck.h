#ifndef SERVICES_COMMON_BASE_HEALTHCHECK_H_
#define SERVICES_COMMON_BASE_HEALTHCHECK_H_

#include <string>

#include "absl/status/status.h"

namespace ledgercast {

// Asks `/readyz` of the program that runs here with `admin_listen` as its `--admin-listen`.
// Container engines run this by `--healthcheck`, since images have no shell and no curl. OK if that
// program is ready; else the reason, for people.
absl::Status AskWhetherReady(const std::string& admin_listen);

// Does the same, and returns the exit code of a program: 0, or 1 with the reason on stderr.
int RunHealthcheck(const std::string& admin_listen);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_HEALTHCHECK_H_
