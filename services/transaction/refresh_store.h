#ifndef SERVICES_TRANSACTION_REFRESH_STORE_H_
#define SERVICES_TRANSACTION_REFRESH_STORE_H_

// Declares what the service stores of refresh tokens. A sign-in begins a family of refresh tokens,
// which are numbered 1, 2, 3 and so on. Only the newest token of a family is valid, and its use
// makes the next one. If a token is copied, both its owner and the thief use it sooner or later.
// The second use shows that there is a copy, and ends the family.
//
// After a backup was restored, the database does not know what was used or ended since that backup.
// A family that began later does not exist, so its tokens are refused. If the backup has a family,
// the token that was its newest one then is valid again. That is so even if the token was used or
// the family was ended meanwhile. It lasts only until another token of the family is shown. An
// older number ends the family, and so does a number that the database has not given yet. To end
// all families, raise `token_generation` of every account, as RevokeTokens does.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace ledgercast {

// Describes a refresh token that a client shows.
struct RefreshUse {
  std::string family;
  std::string account;
  int64_t number = 0;
  // True if it was signed before families existed. The first use of such a token makes a family, in
  // which the token has the number 0.
  bool is_legacy = false;
  // How long the next token is valid.
  absl::Duration lifetime = absl::ZeroDuration();
  // How long after its use a token may be shown again, as happens with two tabs of a browser.
  absl::Duration grace = absl::ZeroDuration();
};

enum class RefreshOutcome {
  // The token was the newest one. The next one has taken its place.
  kRotated,
  // The token was used a moment ago, and its successor is still the newest one.
  kRepeated,
  // The token was used before, or was never issued. The family has been ended because of that.
  kReused,
  // This account has no such family, or the family was ended or has expired.
  kEnded,
};

struct RefreshResult {
  RefreshOutcome outcome = RefreshOutcome::kEnded;
  // Number of the token to issue, if one may be issued; otherwise of the newest token that was
  // issued.
  int64_t number = 0;
};

// Holds what is stored of a family when one of its tokens is shown.
struct FamilyState {
  int64_t number = 0;
  // Time since the newest token was made.
  absl::Duration age;
  // True if the family was ended or has expired.
  bool is_over = false;
};

// Judges a refresh token. Every implementation must follow this rule.
inline RefreshOutcome JudgeRefresh(const FamilyState& family, const RefreshUse& use) {
  if (family.is_over) return RefreshOutcome::kEnded;
  if (use.number == family.number) return RefreshOutcome::kRotated;
  if (use.number == family.number - 1 && family.age < use.grace) return RefreshOutcome::kRepeated;
  return RefreshOutcome::kReused;
}

struct EndedFamily {
  std::string id;
  absl::Time time;
};

// Stores families of refresh tokens. Every method blocks on the database. It may be called from any
// thread and by several replicas at once.
class RefreshStore {
 public:
  virtual ~RefreshStore() = default;

  // Begins the family `family` of `account`; its first token has number 1. If the account then has
  // more than `max_families`, those whose newest token is oldest are forgotten, which ends them. A
  // family that a legacy token made is kept, because that token would be valid again. Also forgets
  // some expired families. Returns ACCOUNT_NOT_FOUND if there is no such account.
  virtual absl::Status BeginFamily(const std::string& family, const std::string& account,
                                   absl::Duration lifetime, int64_t max_families) = 0;

  // Judges a token and applies the outcome, as one step: if several callers show one token at once,
  // only one of them rotates it. After UNAVAILABLE it is unknown whether the token was rotated.
  virtual absl::StatusOr<RefreshResult> UseRefreshToken(const RefreshUse& use) = 0;

  // Returns the families that were ended because of a reuse at most `max_age` ago, the newest
  // first.
  virtual absl::StatusOr<std::vector<EndedFamily>> ListEndedFamilies(absl::Duration max_age,
                                                                     int64_t max_families) = 0;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_REFRESH_STORE_H_
