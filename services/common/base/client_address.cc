#include "services/common/base/client_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "absl/strings/str_replace.h"

namespace ledgercast {
namespace {

constexpr size_t kMaxAddressBytes = 64;
// Length of the part of an IPv6 address that names the network.
constexpr size_t kNetworkBytes = 8;

// Returns `address` without its port and without the brackets around an IPv6 address.
std::string HostOf(std::string_view address) {
  if (address.starts_with('[')) return std::string(address.substr(1, address.find(']') - 1));
  const bool has_port = std::count(address.begin(), address.end(), ':') == 1;
  return std::string(has_port ? address.substr(0, address.find(':')) : address);
}

std::string Format(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(family, address, text.data(), text.size()) == nullptr ? "" : text.data();
}

}  // namespace

std::string AddressGroup(std::string_view address) {
  if (address.size() > kMaxAddressBytes) return "";
  std::string host = HostOf(address);
  // A link-local address may name its interface after a `%`, which is cut off.
  host.resize(std::min(host.size(), host.find('%')));
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return Format(AF_INET, &v4);
  in6_addr v6{};
  if (inet_pton(AF_INET6, host.c_str(), &v6) != 1) return "";
  if (IN6_IS_ADDR_V4MAPPED(&v6)) return Format(AF_INET, &v6.s6_addr[12]);
  std::memset(&v6.s6_addr[kNetworkBytes], 0, sizeof(v6.s6_addr) - kNetworkBytes);
  return Format(AF_INET6, &v6) + "/64";
}

std::string AddressGroupOfPeer(std::string_view peer) {
  std::string group;
  if (peer.starts_with("ipv4:") || peer.starts_with("ipv6:")) {
    const std::string_view address = peer.substr(5);
    group = AddressGroup(
        absl::StrReplaceAll({address.data(), address.size()}, {{"%5B", "["}, {"%5D", "]"}}));
  }
  return group.empty() ? "other" : group;
}

}  // namespace ledgercast
