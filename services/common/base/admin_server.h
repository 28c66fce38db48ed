#ifndef SERVICES_COMMON_BASE_ADMIN_SERVER_H_
#define SERVICES_COMMON_BASE_ADMIN_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/base/tls_files.h"

namespace prometheus {
class Collectable;
}

namespace ledgercast {

// Answers what operators and Kubernetes ask a program, over HTTP on a port of its own: `/healthz`
// (the process is alive: always 200), `/readyz` (200 when it can serve, with a line for each
// warning, else 503 and `REASON: message`) and `/metrics` (Prometheus text format; it adds metrics
// of the process and of its readiness to those it is given).
//
// Threads: serves from threads of its own, on which it calls `ready`.
class AdminServer {
 public:
  struct Options {
    // host:port; port 0 picks a free one. Empty: no admin port.
    std::string listen;
    // Ready if OK; else its reason and message are what /readyz answers.
    std::function<absl::Status()> ready;
    // Returns what an operator should know although it is ready; may be empty.
    std::function<std::vector<std::string>()> warnings = nullptr;
    // Certificates in use, whose ends are among the metrics.
    TlsFiles tls = {};
  };

  // UNAVAILABLE, saying which address, if it cannot listen.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(
      Options options, std::shared_ptr<prometheus::Collectable> metrics);
  // Stops listening and joins.
  ~AdminServer();

  int port() const;

 private:
  struct Impl;
  explicit AdminServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_ADMIN_SERVER_H_
