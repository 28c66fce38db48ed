#ifndef SERVICES_CLI_SERVICE_ADDRESS_H_
#define SERVICES_CLI_SERVICE_ADDRESS_H_

#include <string>

#include "absl/status/status.h"

namespace ledgercast::cli {

// Returns OK if `address` is HOST:PORT or begins with a scheme of gRPC (dns:///, ipv4:, unix:).
// Otherwise INVALID_ARGUMENT says what to give instead.
absl::Status CheckServiceAddress(const std::string& address);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_SERVICE_ADDRESS_H_
