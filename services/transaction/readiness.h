#ifndef SERVICES_TRANSACTION_READINESS_H_
#define SERVICES_TRANSACTION_READINESS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace ledgercast {

enum class Phase { kStarting, kServing, kStopping };

// What the service knows of its database by following the ledger there, so that a probe
// never waits for it.
struct TailView {
  // Why the ledger cannot be followed, if so; at the start, what is waited for.
  absl::Status database;
  // How long ago the service had every committed transaction, if it ever did.
  std::optional<absl::Duration> lag;
  int64_t behind_transactions = 0;
  // Whether the clocks can be believed.
  absl::Status clocks = {};
};

// Returns OK, or why the service should get no calls: STARTING, SHUTTING_DOWN,
// DATABASE_UNAVAILABLE, TAIL_BEHIND or CLOCK_SKEW.
absl::Status CheckReady(Phase phase, const TailView& tail, absl::Duration max_lag);

// Says that posting has waited for the ledger's lock for `blocked`.
std::string BlockedWarning(absl::Duration blocked);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_READINESS_H_
