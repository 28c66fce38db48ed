// Cursors, which clients store and give back: whatever is taken for one is written as it was read.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "services/common/ledger/cursor.h"
#include "services/common/ledger/watch_start.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto cursor = ledgercast::ParseCursor(text, "after");
  if (cursor.ok()) {
    ledgercast::testing::Require(ledgercast::FormatCursor(cursor->ledger, cursor->position) == text,
                                 "a cursor has one form");
    ledgercast::testing::Require(cursor->position.sequence >= 0, "no sequence is negative");
  }
  const ledgercast::Position head{7, 8};
  const auto start = ledgercast::StartOfWatch(text, "0123456789abcdef", head);
  if (start.ok() && text == "now") ledgercast::testing::Require(*start == head, "now is the head");
  return 0;
}
