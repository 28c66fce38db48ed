#ifndef SERVICES_TRANSACTION_REFRESH_STORE_H_
#define SERVICES_TRANSACTION_REFRESH_STORE_H_

// What the service keeps of refresh tokens. A sign-in begins a family, and each refresh token of it
// has a number: 1, 2, 3 … Only the newest one is good, and using it makes the next. So a copy of a
// token is found out as soon as both its owner and the thief have used theirs, and then the family
// is ended.
//
// After a backup was restored, the database knows neither what was used nor what was ended since
// the backup was made. A family that began later does not exist, so its tokens are refused. If the
// backup has a family, the token that was its newest then is good again, even if it was used or its
// family ended meanwhile. It brings back nothing but that family, and only until another token of
// it is shown: one with an older number as well as one with a number that the database has not
// given yet ends the family. To end all of them, raise `token_generation` of every account, as
// RevokeTokens does.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace ledgercast {

// A refresh token that is shown.
struct RefreshUse {
  std::string family;
  std::string account;
  int64_t number = 0;
  // Whether it was signed before families existed: its first use makes one, in which it is number
  // 0.
  bool is_legacy = false;
  // How long the next token is good.
  absl::Duration lifetime = absl::ZeroDuration();
  // How long after its use a token may be shown again, as two tabs of a browser do.
  absl::Duration grace = absl::ZeroDuration();
};

enum class RefreshOutcome {
  // The token was the newest one; now the next one is.
  kRotated,
  // The token was used a moment ago; the newest one is still its successor.
  kRepeated,
  // The token was used before, or never given: the family has been ended because of that.
  kReused,
  // There is no such family of this account, or it was ended, or has expired.
  kEnded,
};

struct RefreshResult {
  RefreshOutcome outcome = RefreshOutcome::kEnded;
  // Number of the token to issue, if one may be issued; else of the newest one that was issued.
  int64_t number = 0;
};

// What is stored of a family, at the moment at which one of its tokens is shown.
struct FamilyState {
  int64_t number = 0;
  // Time since the newest token was made.
  absl::Duration age;
  // Whether the family was ended, or has expired.
  bool is_over = false;
};

// Judges a refresh token; the rule for every implementation.
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

// Every method blocks on the database and may be called from any thread, of any replica at once.
class RefreshStore {
 public:
  virtual ~RefreshStore() = default;

  // Begins `family` of `account`, whose first token has number 1. Beyond `max_families` of the
  // account, the families whose newest token is oldest are forgotten, which ends them. A family
  // that a legacy token made is kept: that token would be good again. Forgets some expired
  // families, too. ACCOUNT_NOT_FOUND.
  virtual absl::Status BeginFamily(const std::string& family, const std::string& account,
                                   absl::Duration lifetime, int64_t max_families) = 0;

  // Judges a token and does what follows, as one step: if several callers show one token at once,
  // one of them rotates it. UNAVAILABLE leaves in doubt whether it was rotated.
  virtual absl::StatusOr<RefreshResult> UseRefreshToken(const RefreshUse& use) = 0;

  // Lists the families that were ended because of a reuse, not longer than `max_age` ago, the
  // newest first.
  virtual absl::StatusOr<std::vector<EndedFamily>> ListEndedFamilies(absl::Duration max_age,
                                                                     int64_t max_families) = 0;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_REFRESH_STORE_H_
