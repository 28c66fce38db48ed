#ifndef SERVICES_COMMON_AUTH_REVOKED_TOKENS_H_
#define SERVICES_COMMON_AUTH_REVOKED_TOKENS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/common/auth/identity.h"

namespace ledgercast {

// Makes UNAUTHENTICATED / TOKEN_INVALID.
absl::Status TokenRevoked();

// Says which access tokens were revoked, as known at one moment. Immutable, so usable from any
// thread.
class RevokedTokens {
 public:
  // For each account that had tokens revoked lately, the lowest generation that is still accepted.
  using LowestGood = absl::flat_hash_map<std::string, int64_t>;

  // The ids of token families that were ended lately: see TokenFamily.
  using Families = absl::flat_hash_set<std::string>;

  RevokedTokens() = default;
  // Revocations of tokens that were issued before `known_since` are not known, so these tokens
  // count as revoked. Their owners get new ones by their refresh tokens.
  RevokedTokens(LowestGood lowest_good, absl::Time known_since, Families ended_families = {});

  // Returns whether a token was revoked. Returns false for tokens of the relay, which belong to no
  // account, and for tokens of an OpenID provider.
  bool Contains(const Identity& identity) const;

  // These return a copy with one more revocation.
  std::shared_ptr<const RevokedTokens> With(const std::string& account, int64_t generation) const;
  std::shared_ptr<const RevokedTokens> WithFamily(const std::string& family) const;

  const LowestGood& lowest_good() const { return lowest_good_; }
  const Families& ended_families() const { return ended_families_; }
  absl::Time known_since() const { return known_since_; }

 private:
  LowestGood lowest_good_;
  Families ended_families_;
  absl::Time known_since_ = absl::InfinitePast();
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_REVOKED_TOKENS_H_
