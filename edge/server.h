#ifndef EDGE_SERVER_H_
#define EDGE_SERVER_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "edge/options.h"

namespace ledgercast {

// Runs the whole edge. See server.cc for its threads and the order in which it stops.
class EdgeServer {
 public:
  // Listens and begins to work. It is alive at once and ready when the service was reached.
  // `options` must be valid.
  static absl::StatusOr<std::unique_ptr<EdgeServer>> Start(const EdgeOptions& options);
  ~EdgeServer();

  uint16_t port() const;
  int admin_port() const;

  // Sends the clients away, waits for them for a bounded time, and stops.
  void Drain();

 private:
  struct Impl;
  explicit EdgeServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledgercast

#endif  // EDGE_SERVER_H_
