#include "edge/token_desk.h"

#include <utility>

namespace ledgercast {

void TokenDesk::Judge(std::string token, TokenClaim::Done done) {
  // Known once it is made.
  const auto self = std::make_shared<std::weak_ptr<TokenClaim>>();
  const auto claim = TokenClaim::Make(
      &context_, std::move(token), context_.clocks.steady() + authenticate_timeout_,
      [this, self, done = std::move(done)](absl::StatusOr<Identity> identity) {
        claims_.erase(self->lock());
        done(std::move(identity));
      });
  *self = claim;
  claims_.insert(claim);
  claim->Judge();
}

}  // namespace ledgercast
