#ifndef SERVICES_TRANSACTION_API_RESOLVE_CURSOR_H_
#define SERVICES_TRANSACTION_API_RESOLVE_CURSOR_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/common/ledger/cursor.h"
#include "services/transaction/store.h"

namespace ledgercast {

// Returns the position that the cursor `text` names in `ledger`'s present history: INVALID_FIELD
// naming `field` if it is no cursor, CURSOR_UNKNOWN if it is of another ledger, of a history that
// was rewound, or beyond the head. Blocks on the store.
absl::StatusOr<Position> ResolveCursor(std::string_view text, std::string_view field,
                                       std::string_view ledger, Store* store);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_RESOLVE_CURSOR_H_
