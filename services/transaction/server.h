#ifndef SERVICES_TRANSACTION_SERVER_H_
#define SERVICES_TRANSACTION_SERVER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "services/transaction/options.h"

namespace ledgercast {

// Wires up the transaction service and runs it.
//
// Threads: gRPC's own threads run callbacks, and nothing may block them. The poster, the tail and
// the revocations have a thread each. There are pools for reads of the store, for reads of history,
// for turns of watchers, for digests and for passwords. Watches also have a ticker, and the admin
// and health ports have their own threads.
//
// The service stops in this order: Health and readiness are switched off. Watches get their cursor
// and SHUTTING_DOWN. The gRPC server waits a while for the calls under way. Then the poster and the
// tail stop, and at last the pools.
class TransactionServer {
 public:
  // Waits for the database as long as `keep_waiting` returns true, prepares it (see
  // PrepareDatabase()) and starts to serve.
  static absl::StatusOr<std::unique_ptr<TransactionServer>> Start(
      const TransactionOptions& options, const std::function<bool()>& keep_waiting);
  ~TransactionServer();

  // Return the ports that the service listens on, also where the options said 0.
  int grpc_port() const;
  int admin_port() const;

 private:
  struct Parts;
  explicit TransactionServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_SERVER_H_
