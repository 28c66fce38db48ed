#include "services/common/auth/revoked_tokens.h"

#include <algorithm>
#include <utility>

#include "services/common/base/errors.h"

namespace ledgercast {

absl::Status TokenRevoked() {
  return MakeError(absl::StatusCode::kUnauthenticated, reason::kTokenInvalid,
                   "the token was revoked; sign in again");
}

RevokedTokens::RevokedTokens(LowestGood lowest_good, absl::Time known_since,
                             Families ended_families)
    : lowest_good_(std::move(lowest_good)),
      ended_families_(std::move(ended_families)),
      known_since_(known_since) {}

bool RevokedTokens::Contains(const Identity& identity) const {
  if (identity.role == Role::kRelay || !identity.generation.has_value()) return false;
  if (identity.issued_at < known_since_) return true;
  if (identity.family && ended_families_.contains(identity.family->id)) return true;
  const auto found = lowest_good_.find(identity.subject);
  return found != lowest_good_.end() && *identity.generation < found->second;
}

std::shared_ptr<const RevokedTokens> RevokedTokens::With(const std::string& account,
                                                         int64_t generation) const {
  auto more = std::make_shared<RevokedTokens>(*this);
  int64_t& lowest_good = more->lowest_good_[account];
  lowest_good = std::max(lowest_good, generation);
  return more;
}

std::shared_ptr<const RevokedTokens> RevokedTokens::WithFamily(const std::string& family) const {
  auto more = std::make_shared<RevokedTokens>(*this);
  more->ended_families_.insert(family);
  return more;
}

}  // namespace ledgercast
