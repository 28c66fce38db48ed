#ifndef EDGE_NET_WS_SERVER_H_
#define EDGE_NET_WS_SERVER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "edge/net/ws_shard.h"

namespace ledgercast {

// Serves WebSocket and HTTP on the edge's port. The kernel spreads the connections over the shards,
// which share the port and nothing else. An HTTP connection serves one request.
class WsServer {
 public:
  struct Options {
    std::string host;
    // 0 means any free port.
    uint16_t port = 0;
    int shards = 1;
    WsShard::Options shard;
  };

  // Makes the handler of one shard. It is called for each shard before any thread starts.
  using HandlerFactory = std::function<std::unique_ptr<ShardHandler>(Shard* shard)>;

  // Binds the port. Returns UNAVAILABLE, naming the address, if that fails. `admission` outlives
  // the server.
  static absl::StatusOr<std::unique_ptr<WsServer>> Listen(const Options& options,
                                                          Admission* admission,
                                                          const HandlerFactory& factory);

  uint16_t port() const { return port_; }
  // Returns the counts of each shard. They live as long as the server, and any thread may read
  // them.
  std::vector<const SentBytes*> sent_bytes() const;
  // Starts the threads.
  void Start();

  // Stops listening, waits up to `grace` for the sockets to close, drops the rest, and joins
  // the threads. The handlers live until the destructor.
  void Stop(absl::Duration grace);

 private:
  explicit WsServer(Admission* admission) : admission_(admission) {}

  Admission* const admission_;
  uint16_t port_ = 0;
  std::vector<std::unique_ptr<WsShard>> shards_;
};

}  // namespace ledgercast

#endif  // EDGE_NET_WS_SERVER_H_
