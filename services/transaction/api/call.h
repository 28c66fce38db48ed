#ifndef SERVICES_TRANSACTION_API_CALL_H_
#define SERVICES_TRANSACTION_API_CALL_H_

// What every RPC does first and last: who calls, and on which thread it is answered.

#include <grpcpp/grpcpp.h>

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "services/common/errors.h"
#include "services/common/rpc_status.h"
#include "services/common/token.h"
#include "services/transaction/api/caller_verifier.h"
#include "services/transaction/api/worker_pool.h"

namespace ledgercast {

using VerifierPtr = std::shared_ptr<const CallerVerifier>;

// The caller, by its `authorization: Bearer` metadata. SHUTTING_DOWN while the server drains
// (see Calls).
absl::StatusOr<Identity> Authenticate(const grpc::CallbackServerContext& context,
                                      const CallerVerifier& verifier);

absl::Status NotAllowed(std::string_view message);

// RESOURCE_EXHAUSTED / TOO_BUSY.
absl::Status TooManyWaiting();

// The call's deadline by SteadyNow(); never, if it has none.
absl::Time DeadlineOf(const grpc::CallbackServerContext& context);

inline grpc::ServerUnaryReactor* FinishWith(grpc::CallbackServerContext* context,
                                            const absl::Status& status) {
  auto* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(status));
  return reactor;
}

// Runs `work`, which answers an absl::Status, on the pool and finishes the call with it.
template <typename Work>
grpc::ServerUnaryReactor* FinishOnPool(grpc::CallbackServerContext* context, WorkerPool* pool,
                                       Work work) {
  auto* reactor = context->DefaultReactor();
  const bool taken = pool->Submit(
      [reactor, work = std::move(work)]() mutable { reactor->Finish(ToGrpcStatus(work())); });
  if (!taken) reactor->Finish(ToGrpcStatus(TooManyWaiting()));
  return reactor;
}

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_CALL_H_
