#ifndef SERVICES_COMMON_LEDGER_WATCH_START_H_
#define SERVICES_COMMON_LEDGER_WATCH_START_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "services/common/ledger/cursor.h"

namespace ledgercast {

// Returns where a watch starts. `after` is a cursor, "" for the beginning or "now" for `head`.
// Returns INVALID_ARGUMENT / INVALID_FIELD if it is none of these, and OUT_OF_RANGE /
// CURSOR_UNKNOWN if it belongs to another ledger than `ledger`. It does not check the cursor's hash
// check.
absl::StatusOr<Position> StartOfWatch(std::string_view after, std::string_view ledger,
                                      const Position& head);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_LEDGER_WATCH_START_H_
