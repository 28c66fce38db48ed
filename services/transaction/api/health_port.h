#ifndef SERVICES_TRANSACTION_API_HEALTH_PORT_H_
#define SERVICES_TRANSACTION_API_HEALTH_PORT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace ledgercast {

// Serves a gRPC port with nothing but `grpc.health.v1.Health`, in plaintext: Kubernetes' gRPC
// probes speak no TLS and carry no token, and the main port is not there before the database is.
// The service that a probe names says which question it asks:
//
//   "startup"            whether the database was migrated and the log read
//   "readiness" and ""   whether it should get calls, as /readyz
//   "liveness"           whether the process answers at all
//
// Only Check is there; Watch is UNIMPLEMENTED, and any other service NOT_FOUND.
//
// Threads: `started` and `ready` are called on gRPC's own.
class HealthPort {
 public:
  struct Checks {
    std::function<bool()> started;
    std::function<absl::Status()> ready;
  };

  // `listen` is host:port. UNAVAILABLE if the port is taken.
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
