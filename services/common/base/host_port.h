#ifndef SERVICES_COMMON_BASE_HOST_PORT_H_
#define SERVICES_COMMON_BASE_HOST_PORT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace ledgercast {

struct HostPort {
  std::string host;
  uint16_t port = 0;

  // Returns the host to listen on. Without a host that is every IPv4 address of this machine.
  std::string listen_host() const { return host.empty() ? "0.0.0.0" : host; }
};

// Parses host:port, [IPv6]:port or :port.
absl::StatusOr<HostPort> ParseHostPort(const std::string& text);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_HOST_PORT_H_
