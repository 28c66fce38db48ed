#include "edge/sessions/token_check.h"

#include <algorithm>
#include <utility>

#include "services/common/base/check.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

// Interval at which a waiting check looks whether the edge has become ready.
constexpr absl::Duration kReadyPoll = absl::Milliseconds(50);

}  // namespace

std::shared_ptr<TokenCheck> TokenCheck::Make(const ShardContext* context, std::string token,
                                             Done done) {
  return std::shared_ptr<TokenCheck>(new TokenCheck(context, std::move(token), std::move(done)));
}

void TokenCheck::Judge() {
  LC_CHECK(context_.shard->IsCurrent());
  if (done_ == nullptr) return;
  // `done_` may release this check, so this keeps it alive.
  const auto alive = shared_from_this();
  const absl::Time now = context_.clocks.steady();
  const auto verifier = context_.keys->verifier();
  const bool ready = verifier != nullptr && context_.hub->feed() != nullptr;
  if (ready && !fetching_) {
    auto identity = verifier->Verify(token_, TokenKind::kAccess);
    const auto missing =
        identity.ok() || refetched_ ? std::optional<std::string>() : verifier->MissingKeyOf(token_);
    if (!missing.has_value()) return Finish(std::move(identity));
    refetched_ = fetching_ = true;
    context_.keys->Refetch(*missing, [shard = context_.shard, weak = weak_from_this()] {
      shard->Post([weak] {
        const auto alive = weak.lock();
        if (alive == nullptr) return;
        alive->fetching_ = false;
        alive->Judge();
      });
    });
  }
  if (now >= give_up_) {
    return Finish(MakeError(absl::StatusCode::kUnavailable, reason::kServiceUnavailable,
                            "the edge is not ready to judge tokens; try again"));
  }
  timer_.Set(std::min(now + kReadyPoll, give_up_), [this] { Judge(); });
}

void TokenCheck::Finish(absl::StatusOr<Identity> identity) {
  timer_.Clear();
  if (identity.ok() && identity->role == Role::kRelay) {
    identity = MakeError(absl::StatusCode::kPermissionDenied, reason::kNotAllowed,
                         "the relay is no client");
  }
  if (identity.ok() && context_.revoked()->Contains(*identity)) identity = TokenRevoked();
  (identity.ok() ? context_.counts->authentications : context_.counts->authentication_failures)
      .Add(1);
  std::exchange(done_, nullptr)(std::move(identity));
}

}  // namespace ledgercast
