#ifndef EDGE_UPSTREAM_SERVICE_TARGET_NAME_H_
#define EDGE_UPSTREAM_SERVICE_TARGET_NAME_H_

#include <string>

#include "absl/status/statusor.h"

namespace ledgercast {

// Returns gRPC's name for `--service`: HOST:PORT, where the host may have several addresses, or
// several IP:PORT of one address family, separated by commas. INVALID_ARGUMENT, naming the flag, if
// it is neither.
absl::StatusOr<std::string> ServiceTargetName(const std::string& service);

}  // namespace ledgercast

#endif  // EDGE_UPSTREAM_SERVICE_TARGET_NAME_H_
