#include "services/transaction/api/resolve_cursor.h"

#include "services/common/base/errors.h"

namespace ledgercast {

absl::StatusOr<Position> ResolveCursor(std::string_view text, std::string_view field,
                                       std::string_view ledger, Store* store) {
  const auto cursor = ParseCursor(text, field);
  if (!cursor.ok()) return cursor.status();
  if (cursor->ledger == ledger) {
    const auto there = store->PositionAt(cursor->position.sequence);
    if (!there.ok()) return there.status();
    if (*there == cursor->position) return *there;
  }
  const auto head = store->GetHead();
  if (!head.ok()) return head.status();
  return CursorUnknown(ledger, FormatCursor(ledger, head->position()),
                       "the cursor is of another ledger or of a history that was rewound");
}

}  // namespace ledgercast
