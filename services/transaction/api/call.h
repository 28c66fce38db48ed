#ifndef SERVICES_TRANSACTION_API_CALL_H_
#define SERVICES_TRANSACTION_API_CALL_H_

// Does what every RPC does first and last: finds out who calls, and answers on the right thread.

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "services/common/auth/token.h"
#include "services/common/base/errors.h"
#include "services/common/base/rpc_status.h"
#include "services/trace/span.h"
#include "services/transaction/api/caller_verifier.h"
#include "services/transaction/api/calls.h"
#include "services/transaction/api/password_queue.h"
#include "services/transaction/api/worker_pool.h"

namespace ledgercast {

using VerifierPtr = std::shared_ptr<const CallerVerifier>;

// Returns the caller, by its `authorization: Bearer` metadata. INVALID_FIELD if the metadata of the
// call have more than kMaxMetadataBytes. SHUTTING_DOWN while the server drains (see Calls).
absl::StatusOr<Identity> Authenticate(const grpc::CallbackServerContext& context,
                                      const CallerVerifier& verifier);

// Returns the address group of the client that calls: the one in `ledgercast-client-address` if the
// call has a relay's token, else the connection's. A caller that cannot prove itself as a relay
// counts as where it is.
std::string ClientOf(const grpc::CallbackServerContext& context, const CallerVerifier& verifier);

// Returns what the caller counts as in a queue that is shared with strangers: its token's subject.
// Only after Authenticate().
std::string SubjectAsClient(const grpc::CallbackServerContext& context);

absl::Status NotAllowed(std::string_view message);

// Makes RESOURCE_EXHAUSTED / TOO_BUSY.
absl::Status TooManyWaiting();

// Returns the call's deadline by SteadyNow(); the infinite future if it has none.
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
      [reactor, span = CallContext::SpanOf(*context), work = std::move(work)]() mutable {
        const CurrentSpan current(span);
        reactor->Finish(ToGrpcStatus(work()));
      });
  if (!taken) reactor->Finish(ToGrpcStatus(TooManyWaiting()));
  return reactor;
}

// Does the same on the queue of passwords, as `client` of `standing`. The work is not begun once
// the caller has left or the call's deadline has passed.
template <typename Work>
grpc::ServerUnaryReactor* FinishOnQueue(grpc::CallbackServerContext* context, PasswordQueue* queue,
                                        const std::string& client, Standing standing, Work work) {
  auto* reactor = context->DefaultReactor();
  queue->Submit({client, standing, DeadlineOf(*context),
                 [context] { return context->IsCancelled(); },
                 [reactor, span = CallContext::SpanOf(*context), work = std::move(work)] {
                   const CurrentSpan current(span);
                   reactor->Finish(ToGrpcStatus(work()));
                 },
                 [reactor](const absl::Status& why) { reactor->Finish(ToGrpcStatus(why)); }});
  return reactor;
}

// Does the same for callers who have shown who they are.
template <typename Work>
grpc::ServerUnaryReactor* FinishOnPool(grpc::CallbackServerContext* context, PasswordQueue* queue,
                                       Work work) {
  return FinishOnQueue(context, queue, SubjectAsClient(*context), Standing::kClean,
                       std::move(work));
}

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_CALL_H_
