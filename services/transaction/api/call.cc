#include "services/transaction/api/call.h"

#include <chrono>

#include "absl/time/clock.h"
#include "services/common/clock.h"
#include "services/transaction/api/calls.h"

namespace ledgercast {

absl::StatusOr<Identity> Authenticate(const grpc::CallbackServerContext& context,
                                      const CallerVerifier& verifier) {
  const CallContext* const call = CallContext::Of(context);
  if (call != nullptr && call->draining()) {
    return MakeError(absl::StatusCode::kUnavailable, reason::kShuttingDown,
                     "the service is stopping; try again elsewhere");
  }
  const auto& metadata = context.client_metadata();
  const auto it = metadata.find("authorization");
  if (it == metadata.end()) return verifier.Verify("");
  const std::string_view header(it->second.data(), it->second.size());
  auto identity = verifier.Verify(BearerToken(header));
  if (identity.ok() && call != nullptr) call->subject = identity->subject;
  return identity;
}

absl::Status NotAllowed(std::string_view message) {
  return MakeError(absl::StatusCode::kPermissionDenied, reason::kNotAllowed, message);
}

absl::Status TooManyWaiting() {
  return MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy,
                   "too many requests are waiting; try again");
}

absl::Time DeadlineOf(const grpc::CallbackServerContext& context) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::InfiniteFuture();
  return SteadyNow() + (absl::FromChrono(deadline) - absl::Now());
}

}  // namespace ledgercast
