#include "services/transaction/head_checks.h"

#include <algorithm>
#include <string>

#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

absl::Status Refuse(const std::string& message) {
  return MakeError(absl::StatusCode::kUnavailable, reason::kClockSkew, message);
}

std::string Text(absl::Duration duration) {
  return absl::FormatDuration(absl::Trunc(duration, absl::Milliseconds(1)));
}

}  // namespace

absl::Status CheckLedger(const Head& head, std::string_view ledger) {
  if (ledger.empty() || head.ledger == ledger) return absl::OkStatus();
  return MakeError(absl::StatusCode::kUnavailable, reason::kDatabaseUnavailable,
                   "the database holds ledger " + head.ledger + ", this service serves " +
                       std::string(ledger) + "; restart it if that is meant");
}

absl::Duration ClockSkewOf(const Head& head, absl::Time asked, absl::Time answered) {
  const absl::Time earliest = std::min(asked, answered);
  const absl::Time latest = std::max(asked, answered);
  if (earliest > head.read_time) return earliest - head.read_time;
  return std::min(absl::ZeroDuration(), latest - head.read_time);
}

absl::Status CheckClock(const Head& head, absl::Time asked, absl::Time answered,
                        absl::Duration max_skew) {
  const absl::Duration skew = ClockSkewOf(head, asked, answered);
  if (absl::AbsDuration(skew) > max_skew) {
    return Refuse(
        "this machine's clock is " + Text(absl::AbsDuration(skew)) +
        (skew > absl::ZeroDuration() ? " ahead of" : " behind") +
        " the database's, more than --max-clock-skew-seconds; set the clocks right (NTP)");
  }
  const absl::Duration ahead = head.create_time - head.read_time;
  if (head.sequence > 0 && ahead > max_skew) {
    return Refuse("the ledger's newest transaction is stamped " + Text(ahead) +
                  " after the database's clock, more than --max-clock-skew-seconds; set the "
                  "database's clock right (NTP)");
  }
  return absl::OkStatus();
}

}  // namespace ledgercast
