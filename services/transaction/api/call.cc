#include "services/transaction/api/call.h"

#include <chrono>

#include "absl/time/clock.h"
#include "services/common/base/client_address.h"
#include "services/common/base/clock.h"
#include "services/transaction/api/calls.h"

namespace ledgercast {

namespace {

// Returns the call's metadata `key`; an empty text if the call has none.
std::string_view MetadataOf(const grpc::CallbackServerContext& context, const char* key) {
  const auto& metadata = context.client_metadata();
  const auto it = metadata.find(key);
  return it == metadata.end() ? std::string_view()
                              : std::string_view(it->second.data(), it->second.size());
}

absl::Status CheckMetadata(const grpc::CallbackServerContext& context) {
  size_t bytes = 0;
  for (const auto& [key, value] : context.client_metadata()) bytes += key.size() + value.size();
  if (bytes <= static_cast<size_t>(kMaxMetadataBytes)) return absl::OkStatus();
  return InvalidField("metadata", "has " + std::to_string(bytes) + " bytes, at most " +
                                      std::to_string(kMaxMetadataBytes) + " are taken");
}

}  // namespace

absl::StatusOr<Identity> Authenticate(const grpc::CallbackServerContext& context,
                                      const CallerVerifier& verifier) {
  const CallContext* const call = CallContext::Of(context);
  if (call != nullptr && call->draining()) {
    return MakeError(absl::StatusCode::kUnavailable, reason::kShuttingDown,
                     "the service is stopping; try again elsewhere");
  }
  if (const absl::Status status = CheckMetadata(context); !status.ok()) return status;
  auto identity = verifier.Verify(BearerToken(MetadataOf(context, "authorization")));
  if (identity.ok() && call != nullptr) call->subject = identity->subject;
  return identity;
}

std::string ClientOf(const grpc::CallbackServerContext& context, const CallerVerifier& verifier) {
  const std::string_view named = MetadataOf(context, kClientAddressKey);
  if (!named.empty()) {
    const auto caller = verifier.Verify(BearerToken(MetadataOf(context, "authorization")));
    const bool is_relay = caller.ok() && caller->role == Role::kRelay;
    if (std::string group = is_relay ? AddressGroup(named) : ""; !group.empty()) return group;
  }
  return AddressGroupOfPeer(context.peer());
}

std::string SubjectAsClient(const grpc::CallbackServerContext& context) {
  const CallContext* const call = CallContext::Of(context);
  return "subject " + (call == nullptr ? std::string() : call->subject);
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
