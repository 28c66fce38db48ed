#include "services/common/ledger/cursor.h"

#include <charconv>
#include <cstdio>
#include <vector>

#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

constexpr size_t kMaxLedgerChars = 64;
constexpr size_t kCheckChars = 16;

template <typename Int>
bool ParseWhole(std::string_view text, int base, Int* out) {
  const char* end = text.data() + text.size();
  const auto [ptr, error] = std::from_chars(text.data(), end, *out, base);
  return error == std::errc() && ptr == end;
}

}  // namespace

std::string FormatCursor(std::string_view ledger, const Position& position) {
  char digits[48];
  const int length = std::snprintf(digits, sizeof(digits), ".%016llx.%lld",
                                   static_cast<unsigned long long>(position.check),
                                   static_cast<long long>(position.sequence));
  std::string text;
  text.reserve(ledger.size() + static_cast<size_t>(length));
  text.append(ledger);
  text.append(digits, static_cast<size_t>(length));
  return text;
}

absl::StatusOr<Cursor> ParseCursor(std::string_view text, std::string_view field) {
  const auto malformed = [field] {
    return InvalidField(field,
                        "is not a cursor; give back one that this API sent, \"\" or \"now\"");
  };
  const size_t last = text.rfind('.');
  if (last == std::string_view::npos || last == 0) return malformed();
  const size_t first = text.rfind('.', last - 1);
  if (first == std::string_view::npos || first == 0 || first > kMaxLedgerChars) return malformed();

  Cursor cursor;
  cursor.ledger = std::string(text.substr(0, first));
  const std::string_view check = text.substr(first + 1, last - first - 1);
  const std::string_view sequence = text.substr(last + 1);
  if (check.size() != kCheckChars || !ParseWhole(check, 16, &cursor.position.check) ||
      !ParseWhole(sequence, 10, &cursor.position.sequence) || cursor.position.sequence < 0) {
    return malformed();
  }
  // Zeros in front and capitals are refused, so that each position has exactly one cursor.
  if (FormatCursor(cursor.ledger, cursor.position) != text) return malformed();
  return cursor;
}

}  // namespace ledgercast
