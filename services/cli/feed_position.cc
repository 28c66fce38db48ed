#include "services/cli/feed_position.h"

#include <cstdint>
#include <iterator>

#include "services/common/base/errors.h"
#include "services/common/ledger/cursor.h"

namespace ledgercast::cli {
namespace {

constexpr char kNow[] = "now";

// Parses a cursor. "" is the beginning of any ledger.
absl::StatusOr<Cursor> Parse(const std::string& text, const char* field) {
  if (text.empty()) return Cursor{};
  return ParseCursor(text, field);
}

void DropUpTo(int64_t sequence, v1::WatchTransactionsResponse* response) {
  auto* transactions = response->mutable_transactions();
  int known = 0;
  while (known < transactions->size() && transactions->Get(known).sequence() <= sequence) ++known;
  transactions->DeleteSubrange(0, known);
}

}  // namespace

absl::Status FeedPosition::Accept(v1::WatchTransactionsResponse* response) {
  const auto after = Parse(response->after(), "after");
  if (!after.ok()) return after.status();
  const auto cursor = ParseCursor(response->cursor(), "cursor");
  if (!cursor.ok()) return cursor.status();
  if (cursor_ != kNow) {
    const auto here = Parse(cursor_, "cursor");
    if (!here.ok()) return here.status();
    const int64_t sequence = here->position.sequence;
    if (!here->ledger.empty() && here->ledger != cursor->ledger) {
      return MakeError(absl::StatusCode::kDataLoss, reason::kCursorUnknown,
                       "another ledger answers: " + cursor->ledger);
    }
    if (after->position.sequence > sequence) {
      return absl::AbortedError("the stream left transactions out");
    }
    DropUpTo(sequence, response);
    if (cursor->position.sequence < sequence) response->set_cursor(cursor_);
  }
  cursor_ = response->cursor();
  return absl::OkStatus();
}

}  // namespace ledgercast::cli
