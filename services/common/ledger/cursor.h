#ifndef SERVICES_COMMON_LEDGER_CURSOR_H_
#define SERVICES_COMMON_LEDGER_CURSOR_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ledgercast {

// A place in the log, directly after the transaction `sequence`. `check` identifies the history.
// Two positions with the same sequence and different checks belong to different histories, for
// example after a failover that lost commits or after a backup was restored. That is how a reader
// of the lost history is recognised.
struct Position {
  int64_t sequence = 0;
  // The first eight bytes of the hash of transaction `sequence`, big endian. At sequence 0, they
  // are those of GenesisHash().
  uint64_t check = 0;

  friend bool operator==(const Position&, const Position&) = default;
};

// Consists of a position and the ledger that it belongs to. A client stores it in order to continue
// there later.
struct Cursor {
  std::string ledger;
  Position position;

  friend bool operator==(const Cursor&, const Cursor&) = default;
};

// Returns `<ledger>.<check, 16 hex digits>.<sequence>`.
std::string FormatCursor(std::string_view ledger, const Position& position);
inline std::string FormatCursor(const Cursor& cursor) {
  return FormatCursor(cursor.ledger, cursor.position);
}

// Reads a cursor that FormatCursor() wrote. Returns INVALID_ARGUMENT / INVALID_FIELD, naming
// `field`, for any other text. It does not check whether the ledger and the check are known.
absl::StatusOr<Cursor> ParseCursor(std::string_view text, std::string_view field);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_LEDGER_CURSOR_H_
