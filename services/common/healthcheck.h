#ifndef SERVICES_COMMON_HEALTHCHECK_H_
#define SERVICES_COMMON_HEALTHCHECK_H_

#include <string>

#include "absl/status/status.h"

namespace ledgercast {

// Asks `/readyz` of the admin port that `admin_listen` names, as the program that runs there was
// told: what a container engine runs by `--healthcheck`, since images have no shell and no curl.
// OK if that program is ready; else the reason, for people.
absl::Status AskWhetherReady(const std::string& admin_listen);

// As the exit code of a program: 0, or 1 and the reason on stderr.
int RunHealthcheck(const std::string& admin_listen);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_HEALTHCHECK_H_
