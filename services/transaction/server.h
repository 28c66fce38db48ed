#ifndef SERVICES_TRANSACTION_SERVER_H_
#define SERVICES_TRANSACTION_SERVER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "services/transaction/options.h"

namespace ledgercast {

// The transaction service, wired. Threads: gRPC's own for callbacks (nothing blocks
// them), the poster's, the tail's, the revocations', a pool for store reads, one for
// watchers' turns and one for passwords, a ticker for progress messages and the admin
// port's.
//
// Stops in this order: health and readiness off, watchers ended with SHUTTING_DOWN and
// their cursor, the gRPC server given a while for the calls in flight, then poster and
// tail, then the pools.
class TransactionServer {
 public:
  // Waits for the database as long as `keep_waiting` answers true, migrates it and
  // starts to serve.
  static absl::StatusOr<std::unique_ptr<TransactionServer>> Start(
      const TransactionOptions& options, const std::function<bool()>& keep_waiting);
  ~TransactionServer();

  // The ports it listens on, where the options said 0.
  int grpc_port() const;
  int admin_port() const;

 private:
  struct Parts;
  explicit TransactionServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_SERVER_H_
