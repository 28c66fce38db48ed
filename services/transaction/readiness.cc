#include "services/transaction/readiness.h"

#include <string>

#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

absl::Status NotReady(std::string_view why, std::string_view message) {
  return MakeError(absl::StatusCode::kUnavailable, why, message);
}

}  // namespace

absl::Status CheckReady(Phase phase, const TailView& tail, absl::Duration max_lag) {
  if (phase == Phase::kStarting) {
    const std::string why =
        tail.database.ok() ? "the ledger is not read yet; is the database up?"
                           : "waiting for the database: " + std::string(MessageOf(tail.database));
    return NotReady("STARTING", why);
  }
  if (phase == Phase::kStopping) {
    return NotReady(reason::kShuttingDown, "the service is stopping");
  }
  if (!tail.database.ok()) {
    return NotReady(reason::kDatabaseUnavailable, MessageOf(tail.database));
  }
  if (!tail.lag) return NotReady("TAIL_BEHIND", "the ledger was not looked at yet");
  if (*tail.lag > max_lag) {
    return NotReady("TAIL_BEHIND",
                    "had every committed transaction " +
                        absl::FormatDuration(absl::Trunc(*tail.lag, absl::Milliseconds(1))) +
                        " ago, more than " + absl::FormatDuration(max_lag) + "; lacked " +
                        std::to_string(tail.behind_transactions) + " when it looked last");
  }
  return tail.clocks;
}

std::string BlockedWarning(absl::Duration blocked) {
  return "the ledger's lock was not had for " +
         absl::FormatDuration(absl::Trunc(blocked, absl::Seconds(1))) +
         ": something else holds it, or the database is away";
}

}  // namespace ledgercast
