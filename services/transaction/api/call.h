#ifndef SERVICES_TRANSACTION_API_CALL_H_
#define SERVICES_TRANSACTION_API_CALL_H_

// Does what every RPC does first and last: it finds out who calls, and answers on the right thread.

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

// Returns the caller, from its `authorization: Bearer` metadata. Returns INVALID_FIELD if the
// metadata of the call have more than kMaxMetadataBytes, and SHUTTING_DOWN while the server drains
// (see Calls). Returns the errors of CallerVerifier::Verify() as well.
absl::StatusOr<Identity> Authenticate(const grpc::CallbackServerContext& context,
                                      const CallerVerifier& verifier);

// Returns the address group of the client that calls. If the call has a relay's token, that is the
// one in `ledgercast-client-address`. Otherwise it is the one of the connection, because a caller
// without that token could name any address.
std::string ClientOf(const grpc::CallbackServerContext& context, const CallerVerifier& verifier);

// Returns the name of the caller in a queue that it shares with strangers: its token's subject.
// Call it only after Authenticate().
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

// Runs `work`, which returns an absl::Status, on the pool and finishes the call with that status.
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

// Does the same on the queue of passwords, as `client` with `standing`. The work does not start if
// the caller has left or the call's deadline has passed by then.
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

// Does the same for a caller that has proved who it is.
template <typename Work>
grpc::ServerUnaryReactor* FinishOnPool(grpc::CallbackServerContext* context, PasswordQueue* queue,
                                       Work work) {
  return FinishOnQueue(context, queue, SubjectAsClient(*context), Standing::kClean,
                       std::move(work));
}

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_CALL_H_
