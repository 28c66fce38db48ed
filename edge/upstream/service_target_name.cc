#include "edge/upstream/service_target_name.h"

#include <arpa/inet.h>

#include <string_view>

#include "absl/strings/str_split.h"
#include "services/common/base/errors.h"
#include "services/common/base/host_port.h"

namespace ledgercast {
namespace {

bool IsAddress(int family, const std::string& host) {
  in6_addr parsed{};
  return inet_pton(family, host.c_str(), &parsed) == 1;
}

}  // namespace

absl::StatusOr<std::string> ServiceTargetName(const std::string& service) {
  if (service.empty()) return InvalidField("--service", "must be HOST:PORT");
  if (service.find(',') == std::string::npos) return service;
  bool all_v4 = true;
  bool all_v6 = true;
  for (const absl::string_view one : absl::StrSplit(service, ',')) {
    const auto address = ParseHostPort(std::string(one));
    all_v4 = all_v4 && address.ok() && IsAddress(AF_INET, address->host);
    all_v6 = all_v6 && address.ok() && IsAddress(AF_INET6, address->host);
  }
  // gRPC has a list of addresses, but none of names.
  if (all_v4) return "ipv4:" + service;
  if (all_v6) return "ipv6:" + service;
  return InvalidField("--service",
                      "must be one HOST:PORT, whose name may stand for several addresses, or "
                      "several IP:PORT of one address family with commas between them");
}

}  // namespace ledgercast
