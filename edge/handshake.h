#ifndef EDGE_HANDSHAKE_H_
#define EDGE_HANDSHAKE_H_

#include <string>
#include <string_view>
#include <vector>

namespace ledgercast {

// What a socket says before it is one: the subprotocols that it offers, one of which may
// carry the token, because a browser's socket can send no header of its own.

inline constexpr char kSubprotocol[] = "ledgercast.v1";

// From `Authorization: Bearer`, or else from `ledgercast.bearer.<token>` among the
// subprotocols; "" if the token comes as the first frame.
std::string HandshakeToken(std::string_view authorization,
                           const std::vector<std::string>& subprotocols);

// The one of ours if it is offered; else "".
std::string SelectSubprotocol(const std::vector<std::string>& offered);

}  // namespace ledgercast

#endif  // EDGE_HANDSHAKE_H_
