#ifndef EDGE_NET_WS_SHARD_H_
#define EDGE_NET_WS_SHARD_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "edge/metrics/counts.h"
#include "edge/net/admission.h"
#include "edge/net/shard.h"
#include "edge/net/socket_options.h"
#include "edge/protocol/wire_frame.h"

namespace ledgercast {

// Runs one thread of the WebSocket server, with its event loop, its listening socket and all
// connections that it accepted. The shard's handler decides what a connection does.
class WsShard : public Shard {
 public:
  struct Options {
    SocketOptions sockets;
    // Largest HTTP body that is read at all; the handler may allow less.
    size_t max_body_bytes = 64 << 10;
    // Maximum number of bytes that the kernel may hold for a client that has not acknowledged them.
    int send_buffer_bytes = 64 << 10;
    // Whether to agree to permessage-deflate with clients that offer it.
    bool compression = false;
    absl::Duration handshake_timeout = absl::Seconds(5);
    // Longest time from a complete HTTP request to the last byte of its answer.
    absl::Duration http_timeout = absl::Seconds(30);
    // Longest time that sent bytes may stay unacknowledged.
    absl::Duration tcp_timeout = absl::Seconds(60);
    absl::Duration tick = absl::Milliseconds(10);
  };

  // `admission` is shared by all shards and outlives them.
  static std::unique_ptr<WsShard> Make(const Options& options, Admission* admission);

  // Sets the handler, which lives as long as the shard. Call it before Start().
  virtual void SetHandler(std::unique_ptr<ShardHandler> handler) = 0;
  // Listens on `address`, which is numeric, and shares the port with other shards. Call it before
  // Start().
  virtual absl::Status Listen(const std::string& address, uint16_t port) = 0;
  virtual void Start() = 0;
  // Returns the bytes that the shard has sent, which may be read from any thread.
  virtual const SentBytes& sent_bytes() const = 0;
  // Stops accepting connections. May be called from any thread.
  virtual void StopListening() = 0;
  // Drops what is still open and ends the thread.
  virtual void Stop() = 0;
};

// Makes a frame for the wire. May be called from any thread.
FramePtr MakeWireFrame(FrameText frame);

}  // namespace ledgercast

#endif  // EDGE_NET_WS_SHARD_H_
