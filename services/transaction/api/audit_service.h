#ifndef SERVICES_TRANSACTION_API_AUDIT_SERVICE_H_
#define SERVICES_TRANSACTION_API_AUDIT_SERVICE_H_

#include "ledgercast/v1/audit.grpc.pb.h"
#include "services/transaction/api/call.h"
#include "services/transaction/store.h"

namespace ledgercast {

// Serves the RPCs of AuditService, which show stored rows to admins who recompute the ledger. Each
// page is one job of the pool that all reads share, so an audit takes turns with all other callers.
class AuditServiceImpl final : public v1::AuditService::CallbackService {
 public:
  // Everything must outlive the server.
  struct Dependencies {
    VerifierPtr verifier;
    Store* store;
    WorkerPool* pool;
  };

  explicit AuditServiceImpl(Dependencies dependencies) : deps_(std::move(dependencies)) {}

  grpc::ServerUnaryReactor* ListStoredTables(grpc::CallbackServerContext* context,
                                             const v1::ListStoredTablesRequest* request,
                                             v1::ListStoredTablesResponse* response) override;
  grpc::ServerUnaryReactor* ListStoredRows(grpc::CallbackServerContext* context,
                                           const v1::ListStoredRowsRequest* request,
                                           v1::ListStoredRowsResponse* response) override;

 private:
  absl::Status ListRows(const v1::ListStoredRowsRequest& request,
                        v1::ListStoredRowsResponse* response);

  const Dependencies deps_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_AUDIT_SERVICE_H_
