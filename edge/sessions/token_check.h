#ifndef EDGE_SESSIONS_TOKEN_CHECK_H_
#define EDGE_SESSIONS_TOKEN_CHECK_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "edge/net/timers.h"
#include "edge/sessions/shard_context.h"
#include "services/common/auth/identity.h"

namespace ledgercast {

// Judges one token that a client shows. It does so at once, or waits until the edge is ready, or
// until the keys were fetched again because the token names a key that the edge does not have. What
// cannot be judged in time is refused, so nobody is ever anonymous.
//
// Confined to the shard's thread. Destroying the check cancels the judgement.
class TokenCheck : public std::enable_shared_from_this<TokenCheck> {
 public:
  // UNAUTHENTICATED if the token is not good, UNAVAILABLE after
  // TokenTimes::authenticate_timeout.
  using Done = std::function<void(absl::StatusOr<Identity>)>;

  // `done` runs once and may destroy the check.
  static std::shared_ptr<TokenCheck> Make(const ShardContext* context, std::string token,
                                          Done done);
  TokenCheck(const TokenCheck&) = delete;
  TokenCheck& operator=(const TokenCheck&) = delete;

  // Begins to judge; may run `done` before it returns.
  void Judge();
  const std::string& token() const { return token_; }

 private:
  TokenCheck(const ShardContext* context, std::string token, Done done)
      : context_(*context),
        token_(std::move(token)),
        give_up_(context->clocks.steady() + context->token_times.authenticate_timeout),
        done_(std::move(done)),
        timer_(context->timers) {}

  void Finish(absl::StatusOr<Identity> identity);

  const ShardContext& context_;
  const std::string token_;
  const absl::Time give_up_;
  // It is null once it has run.
  Done done_;
  bool refetched_ = false;
  bool fetching_ = false;
  Timer timer_;
};

}  // namespace ledgercast

#endif  // EDGE_SESSIONS_TOKEN_CHECK_H_
