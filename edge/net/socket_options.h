#ifndef EDGE_NET_SOCKET_OPTIONS_H_
#define EDGE_NET_SOCKET_OPTIONS_H_

#include <cstddef>

#include "absl/time/time.h"
#include "edge/net/keep_alive.h"

namespace ledgercast {

// Limits of one client's connection. Those of messages and pongs are for WebSockets, the others for
// event streams as well.
struct SocketOptions {
  size_t max_message_bytes = 64 << 10;
  // Pings of a client are not answered while this much waits to be written to it.
  size_t max_unread_pong_bytes = 4 << 10;
  // Longest time for what was sent before the end, for the peer's close frame, and then for the end
  // of TCP.
  absl::Duration close_timeout = absl::Seconds(2);
  KeepAlive::Options keep_alive;
};

}  // namespace ledgercast

#endif  // EDGE_NET_SOCKET_OPTIONS_H_
