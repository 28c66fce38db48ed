#ifndef SERVICES_TRANSACTION_HEAD_CHECKS_H_
#define SERVICES_TRANSACTION_HEAD_CHECKS_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/transaction/store.h"

// Checks the ledger's head before anything is posted after it or read up to it.

namespace ledgercast {

// Returns UNAVAILABLE if `head` belongs to another ledger than the one that this process serves,
// for example because the database was replaced. A `ledger` of "" means any ledger.
absl::Status CheckLedger(const Head& head, std::string_view ledger);

// --- clocks ---
//
// The database's clock stamps transactions, and the clock of a process judges tokens. Either may be
// wrong. Then nothing is posted: times along the ledger never decrease, so a transaction that is
// stamped ten years ahead would pull all later ones with it.

// Returns how far the process's clock is ahead of the database's; negative if it is behind. The
// head was requested at `asked` and received at `answered`, both by the process's clock. A
// difference that the time between these two can explain does not count as skew.
absl::Duration ClockSkewOf(const Head& head, absl::Time asked, absl::Time answered);

// Returns UNAVAILABLE / CLOCK_SKEW if that skew exceeds `max_skew`, or if the ledger's newest
// transaction is ahead of the database's clock by more than that.
absl::Status CheckClock(const Head& head, absl::Time asked, absl::Time answered,
                        absl::Duration max_skew);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_HEAD_CHECKS_H_
