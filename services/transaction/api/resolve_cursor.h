#ifndef SERVICES_TRANSACTION_API_RESOLVE_CURSOR_H_
#define SERVICES_TRANSACTION_API_RESOLVE_CURSOR_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/common/ledger/cursor.h"
#include "services/transaction/store.h"

namespace ledgercast {

// Returns the position of the cursor `text` in the present history of `ledger`. Returns
// INVALID_FIELD with `field` if `text` is no cursor. Returns CURSOR_UNKNOWN if it belongs to
// another ledger or to a history that was rewound, or is beyond the head. Blocks on the store.
absl::StatusOr<Position> ResolveCursor(std::string_view text, std::string_view field,
                                       std::string_view ledger, Store* store);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_RESOLVE_CURSOR_H_
