#ifndef EDGE_PROTOCOL_HANDSHAKE_H_
#define EDGE_PROTOCOL_HANDSHAKE_H_

#include <string>
#include <string_view>
#include <vector>

namespace ledgercast {

// Reads what a client says before its socket opens: the subprotocols that it offers. One of them
// may carry the token, because scripts in a browser cannot add a header to a socket's request.

// Keeps what the upgrade request said that matters later.
struct Handshake {
  // From the Authorization header or the `ledgercast.bearer.` subprotocol; empty = the
  // token comes as the first frame.
  std::string token;
};

inline constexpr char kSubprotocol[] = "ledgercast.v1";

// Returns the token from `Authorization: Bearer`, or else from `ledgercast.bearer.<token>` among
// the subprotocols; "" if the token comes as the first frame.
std::string HandshakeToken(std::string_view authorization,
                           const std::vector<std::string>& subprotocols);

// Returns our subprotocol if it is offered, else "".
std::string SelectSubprotocol(const std::vector<std::string>& offered);

}  // namespace ledgercast

#endif  // EDGE_PROTOCOL_HANDSHAKE_H_
