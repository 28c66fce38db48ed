#ifndef SERVICES_COMMON_BASE_CLIENT_ADDRESS_H_
#define SERVICES_COMMON_BASE_CLIENT_ADDRESS_H_

// The network address that a client counts as, where clients share something by address.

#include <string>
#include <string_view>

namespace ledgercast {

// gRPC metadata in which the edge tells the service for whom it calls. The service believes it
// only beside a relay's token: see ClientOf().
inline constexpr char kClientAddressKey[] = "ledgercast-client-address";

// Returns what `address` counts as: an IPv4 address for itself, an IPv6 address for its /64
// network, all of which one customer of a provider has. `address` is numeric, with or without a
// port ("192.0.2.1", "192.0.2.1:50000", "[2001:db8::1]:50000"). Empty if it is no address.
std::string AddressGroup(std::string_view address);

// Does the same for gRPC's name of a peer, "ipv4:192.0.2.1:50000" or
// "ipv6:%5B2001:db8::1%5D:50000"; "other" for one that has no IP address.
std::string AddressGroupOfPeer(std::string_view peer);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_CLIENT_ADDRESS_H_
