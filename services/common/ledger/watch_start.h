#ifndef SERVICES_COMMON_LEDGER_WATCH_START_H_
#define SERVICES_COMMON_LEDGER_WATCH_START_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "services/common/ledger/cursor.h"

namespace ledgercast {

// Returns where a watch starts: `after` is a cursor, "" for the beginning or "now" for `head`.
// INVALID_ARGUMENT / INVALID_FIELD if it is none of these, OUT_OF_RANGE / CURSOR_UNKNOWN if it is
// of another ledger than `ledger`. It does not judge whether the cursor's check is right.
absl::StatusOr<Position> StartOfWatch(std::string_view after, std::string_view ledger,
                                      const Position& head);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_LEDGER_WATCH_START_H_
