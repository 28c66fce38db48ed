#include "services/cli/service_address.h"

#include <algorithm>

#include "services/common/base/host_port.h"

namespace ledgercast::cli {
namespace {

constexpr char kDefaultPort[] = "50051";

absl::Status BadAddress(const std::string& address, const std::string& what) {
  return absl::InvalidArgumentError("--service " + address + ": " + what);
}

// Returns the host of a URL, without scheme, path and port.
std::string HostOf(std::string address) {
  if (const size_t scheme = address.find("://"); scheme != std::string::npos) {
    address.erase(0, scheme + 3);
  }
  address = address.substr(0, address.find('/'));
  const size_t colon = address.rfind(':');
  const bool is_ipv6 = address.find(':') != colon;
  if (address.ends_with(']') || is_ipv6) return address;
  address = address.substr(0, colon);
  return address.empty() ? "localhost" : address;
}

bool IsBareIpv6(const std::string& address) {
  return !address.starts_with('[') && std::count(address.begin(), address.end(), ':') > 1;
}

}  // namespace

absl::Status CheckServiceAddress(const std::string& address) {
  const std::string example = HostOf(address) + ":" + kDefaultPort;
  if (address.starts_with("http://") || address.starts_with("https://")) {
    return BadAddress(
        address,
        "the tool speaks gRPC with the transaction service, not HTTP: give HOST:PORT, for "
        "example " +
            example + (address.starts_with("https") ? " and --service-ca-file" : ""));
  }
  for (const char* scheme : {"dns:", "ipv4:", "ipv6:", "unix:", "unix-abstract:"}) {
    if (address.starts_with(scheme) && address != std::string(scheme) + kDefaultPort) {
      return absl::OkStatus();
    }
  }
  if (IsBareIpv6(address)) {
    return BadAddress(address,
                      "an IPv6 address stands in brackets: [" + address + "]:" + kDefaultPort);
  }
  const auto parsed = ParseHostPort(address);
  if (parsed.ok() && !parsed->host.empty() && parsed->port > 0) return absl::OkStatus();
  if (address.find(':') == std::string::npos || address.ends_with(']')) {
    return BadAddress(address, "has no port: give HOST:PORT, for example " + example);
  }
  return BadAddress(address, "is not HOST:PORT, for example " + example);
}

}  // namespace ledgercast::cli
