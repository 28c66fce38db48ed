#ifndef SERVICES_TRANSACTION_API_HEALTH_PORT_H_
#define SERVICES_TRANSACTION_API_HEALTH_PORT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace ledgercast {

// Serves a separate gRPC port that has only `grpc.health.v1.Health`, in plaintext. Kubernetes' gRPC
// probes use neither TLS nor tokens, and the main port opens only after the database is there. The
// service name of a probe selects its question:
//
//   "startup"            whether the database was migrated and the log was read
//   "readiness" and ""   whether the service should get calls, as in /readyz
//   "liveness"           whether the process answers at all
//
// Only Check is implemented. Watch returns UNIMPLEMENTED, and other service names NOT_FOUND.
//
// Threads: `started` and `ready` are called on gRPC's threads.
class HealthPort {
 public:
  struct Checks {
    std::function<bool()> started;
    std::function<absl::Status()> ready;
  };

  // Starts to listen on `listen`, which is host:port. Returns UNAVAILABLE if the port is taken.
  static absl::StatusOr<std::unique_ptr<HealthPort>> Start(const std::string& listen,
                                                           Checks checks);
  ~HealthPort();

 private:
  struct Impl;
  explicit HealthPort(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_HEALTH_PORT_H_
