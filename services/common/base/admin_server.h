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

// Serves a program's admin port, which operators, Kubernetes and Prometheus ask over HTTP:
//
//   /healthz  200 as long as the process is alive
//   /readyz   200 if the program can serve, with a line for each warning; otherwise 503 and
//             `REASON: message`
//   /metrics  metrics in Prometheus text format: those given to Start(), those of the process, of
//             its readiness and of its certificates
//
// The same readiness goes to systemd if it started the program (see SystemdNotifier).
//
// Threads: serves on its own threads, which call `ready`, `warnings` and the metrics.
class AdminServer {
 public:
  struct Options {
    // The address as host:port; port 0 picks a free port. If it is empty there is no admin port.
    std::string listen;
    // Returns OK if the program can serve. Otherwise /readyz answers with the error's reason and
    // message.
    std::function<absl::Status()> ready;
    // Returns problems that an operator should know of although the program is ready. May be null.
    std::function<std::vector<std::string>()> warnings = nullptr;
    // Files of the certificates in use. The metrics show when these certificates expire.
    TlsFiles tls = {};
    // The value of NOTIFY_SOCKET, where systemd is told of the readiness; empty: nobody is told.
    std::string notify_socket = {};
  };

  // Starts to listen. Returns UNAVAILABLE, with the address in the message, if it cannot, and
  // INVALID_ARGUMENT for a bad `notify_socket`.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(
      Options options, std::shared_ptr<prometheus::Collectable> metrics);
  // Stops listening and joins the threads.
  ~AdminServer();

  int port() const;

 private:
  struct Impl;
  explicit AdminServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_ADMIN_SERVER_H_
