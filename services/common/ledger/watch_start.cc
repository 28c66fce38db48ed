#include "services/common/ledger/watch_start.h"

#include "services/common/base/errors.h"
#include "services/common/ledger/hash_chain.h"

namespace ledgercast {

absl::StatusOr<Position> StartOfWatch(std::string_view after, std::string_view ledger,
                                      const Position& head) {
  if (after.empty()) return Position{0, CheckOf(GenesisHash(ledger))};
  if (after == "now") return head;
  const absl::StatusOr<Cursor> cursor = ParseCursor(after, "after");
  if (!cursor.ok()) return cursor.status();
  if (cursor->ledger != ledger) {
    return CursorUnknown(ledger, FormatCursor(ledger, head), "the cursor is of another ledger");
  }
  return cursor->position;
}

}  // namespace ledgercast
