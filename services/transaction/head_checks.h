#ifndef SERVICES_TRANSACTION_HEAD_CHECKS_H_
#define SERVICES_TRANSACTION_HEAD_CHECKS_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/transaction/store.h"

// Checks what must hold of a ledger's head before anything is posted behind it or read up to it.

namespace ledgercast {

// Returns UNAVAILABLE if `head` is of another ledger than the one that this process serves, for
// example because another database was put in its place. "" = any ledger.
absl::Status CheckLedger(const Head& head, std::string_view ledger);

// --- clocks ---
//
// The database's clock stamps what is posted; a process's own clock judges tokens. Both may be
// wrong: then nothing is posted, since a row stamped ten years ahead pulls all later rows with it
// (times along the ledger never decrease).

// Returns how far the process's clock is ahead of the database's; negative = behind. The head was
// asked for at `asked` and known at `answered`, both by the process's clock. The time between the
// two may be the answer's way and counts as no skew.
absl::Duration ClockSkewOf(const Head& head, absl::Time asked, absl::Time answered);

// Returns UNAVAILABLE / CLOCK_SKEW if that is more than `max_skew`, or if the ledger's newest
// transaction is further ahead of the database's clock.
absl::Status CheckClock(const Head& head, absl::Time asked, absl::Time answered,
                        absl::Duration max_skew);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_HEAD_CHECKS_H_
