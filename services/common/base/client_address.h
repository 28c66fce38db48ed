#ifndef SERVICES_COMMON_BASE_CLIENT_ADDRESS_H_
#define SERVICES_COMMON_BASE_CLIENT_ADDRESS_H_

// Groups the network addresses of clients, where clients share a limit by address.

#include <string>
#include <string_view>

namespace ledgercast {

// Name of the gRPC metadata in which the edge tells the service the address of its client. The
// service trusts it only together with a relay's token: see ClientOf().
inline constexpr char kClientAddressKey[] = "ledgercast-client-address";

// Returns the group that `address` belongs to. An IPv4 address is a group of its own. An IPv6
// address belongs to the group of its /64 network, because a provider gives a customer a whole /64.
// `address` is numeric, with or without a port ("192.0.2.1", "192.0.2.1:50000",
// "[2001:db8::1]:50000"). Returns an empty string if it is no address.
std::string AddressGroup(std::string_view address);

// Returns the group for gRPC's name of a peer, "ipv4:192.0.2.1:50000" or
// "ipv6:%5B2001:db8::1%5D:50000". Returns "other" for a peer that has no IP address.
std::string AddressGroupOfPeer(std::string_view peer);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_CLIENT_ADDRESS_H_
