#ifndef SERVICES_CLI_LOAD_STATE_H_
#define SERVICES_CLI_LOAD_STATE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace ledgercast::cli {

// Says how far the load of a file has come. It is stored beside the file.
struct LoadState {
  // Hex SHA-256 of the file.
  std::string fingerprint;
  // The name from which ids are made, together with the row's number.
  std::string name;
  // Cursor of the ledger's head when the load began. A service that does not know it has another
  // ledger, or has lost history, so the stored state does not apply.
  std::string head;
  // Number of the last row up to which all rows have been answered.
  int64_t acknowledged_rows = 0;
};

// Returns nullopt if the file does not exist or cannot be read. Then every row is sent again, and
// the service answers which ones are already posted.
std::optional<LoadState> ReadLoadState(const std::string& path);
absl::Status WriteLoadState(const std::string& path, const LoadState& state);

// Tracks the last row up to which all rows have been answered. Answers arrive in any order.
class AnsweredRows {
 public:
  explicit AnsweredRows(int64_t up_to) : up_to_(up_to) {}

  // Adds the rows `first` to `last`. None of them was added before.
  void Add(int64_t first, int64_t last);
  int64_t up_to() const { return up_to_; }

 private:
  int64_t up_to_;
  // Answered ranges beyond a row that has no answer yet: first → last.
  std::map<int64_t, int64_t> ranges_;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_LOAD_STATE_H_
