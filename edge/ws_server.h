#ifndef EDGE_WS_SERVER_H_
#define EDGE_WS_SERVER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "edge/ws_shard.h"

namespace ledgercast {

// The edge's listening port: WebSocket and HTTP for any number of sockets, spread by the
// kernel over shards that share the port and nothing else. One request a connection for HTTP.
class WsServer {
 public:
  struct Options {
    std::string host;
    // 0 = any free one.
    uint16_t port = 0;
    int shards = 1;
    WsShard::Options shard;
  };

  // Makes the handler of one shard; called for each before any thread starts.
  using HandlerFactory = std::function<std::unique_ptr<ShardHandler>(Shard* shard)>;

  // Binds. UNAVAILABLE, naming the address, if that cannot be. `admission` outlives the server.
  static absl::StatusOr<std::unique_ptr<WsServer>> Listen(const Options& options,
                                                          Admission* admission,
                                                          const HandlerFactory& factory);

  uint16_t port() const { return port_; }
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

#endif  // EDGE_WS_SERVER_H_
