#ifndef SERVICES_TRANSACTION_READINESS_H_
#define SERVICES_TRANSACTION_READINESS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace ledgercast {

enum class Phase { kStarting, kServing, kStopping };

// Describes what the service knows of its database from following the ledger there. So a probe
// never has to wait for the database.
struct TailView {
  // Why the ledger cannot be followed; OK if it can. During the start, what the service waits for.
  absl::Status database;
  // How long ago the service last had every committed transaction; nullopt if it never had.
  std::optional<absl::Duration> lag;
  int64_t behind_transactions = 0;
  // OK if the clocks can be trusted, otherwise why not.
  absl::Status clocks = {};
};

// Returns OK, or an error with the reason why the service should get no calls: STARTING,
// SHUTTING_DOWN, DATABASE_UNAVAILABLE, TAIL_BEHIND or CLOCK_SKEW.
absl::Status CheckReady(Phase phase, const TailView& tail, absl::Duration max_lag);

// Returns a warning that posting has waited for the ledger's lock for `blocked`.
std::string BlockedWarning(absl::Duration blocked);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_READINESS_H_
