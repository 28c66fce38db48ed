#include "edge/sessions/token_checks.h"

#include <utility>

namespace ledgercast {

void TokenChecks::Judge(std::string token, TokenCheck::Done done) {
  // The pointer to the check, which is known only once the check is made.
  const auto self = std::make_shared<std::weak_ptr<TokenCheck>>();
  const auto check =
      TokenCheck::Make(&context_, std::move(token),
                       [this, self, done = std::move(done)](absl::StatusOr<Identity> identity) {
                         checks_.erase(self->lock());
                         done(std::move(identity));
                       });
  *self = check;
  checks_.insert(check);
  check->Judge();
}

}  // namespace ledgercast
