#ifndef EDGE_PROTOCOL_HANDSHAKE_H_
#define EDGE_PROTOCOL_HANDSHAKE_H_

#include <string>
#include <string_view>
#include <vector>

namespace ledgercast {

// Reads what a client says before its socket opens: its token and the subprotocols that it offers.
// One subprotocol may carry the token, because scripts in a browser cannot add a header to a
// socket's request.

// Holds what the session needs to know from the upgrade request.
struct Handshake {
  // The token from the Authorization header or from the `ledgercast.bearer.` subprotocol. It is
  // empty if the token comes in the first frame.
  std::string token;
};

inline constexpr char kSubprotocol[] = "ledgercast.v1";

// Returns the token from `Authorization: Bearer`, or else from `ledgercast.bearer.<token>` among
// the subprotocols. Returns "" if neither holds a token; it then comes in the first frame.
std::string HandshakeToken(std::string_view authorization,
                           const std::vector<std::string>& subprotocols);

// Returns our subprotocol if it is offered, else "".
std::string SelectSubprotocol(const std::vector<std::string>& offered);

}  // namespace ledgercast

#endif  // EDGE_PROTOCOL_HANDSHAKE_H_
