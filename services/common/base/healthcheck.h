#ifndef SERVICES_COMMON_BASE_HEALTHCHECK_H_
#define SERVICES_COMMON_BASE_HEALTHCHECK_H_

#include <string>

#include "absl/status/status.h"

namespace ledgercast {

// Asks `/readyz` of the program that runs on this machine with `admin_listen` as its
// `--admin-listen`. Container engines run this by `--healthcheck`, because the images have no shell
// and no curl. Returns OK if the program is ready, otherwise an error that tells people why not.
absl::Status AskWhetherReady(const std::string& admin_listen);

// Calls AskWhetherReady() and returns the exit code of a program: 0, or 1 with the reason on
// stderr.
int RunHealthcheck(const std::string& admin_listen);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_HEALTHCHECK_H_
