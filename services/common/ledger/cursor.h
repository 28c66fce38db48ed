#ifndef SERVICES_COMMON_LEDGER_CURSOR_H_
#define SERVICES_COMMON_LEDGER_CURSOR_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ledgercast {

// A place in the log: after the transaction `sequence`, in the history whose hash
// chain starts with `check` there. Two positions with one sequence and different
// checks belong to different histories (a failover that lost commits, a restored
// backup), which is how a reader of the lost one is told.
struct Position {
  int64_t sequence = 0;
  // The first eight bytes of the hash of transaction `sequence`, big endian; of
  // GenesisHash() at sequence 0.
  uint64_t check = 0;

  friend bool operator==(const Position&, const Position&) = default;
};

// What a client stores to come back: a Position and the ledger it belongs to.
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

// Reads what FormatCursor wrote; anything else is INVALID_ARGUMENT / INVALID_FIELD naming `field`.
// It does not judge whether the ledger and the check are known.
absl::StatusOr<Cursor> ParseCursor(std::string_view text, std::string_view field);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_LEDGER_CURSOR_H_
