#ifndef SERVICES_CLI_LOAD_STATE_H_
#define SERVICES_CLI_LOAD_STATE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace ledgercast::cli {

// How far a load of a file has come, kept beside the file.
struct LoadState {
  // Hex SHA-256 of the file.
  std::string fingerprint;
  // What ids are made of, beside the row.
  std::string name;
  // Where the ledger's head was at the start: it tells another ledger, or a history that
  // has lost what was answered, from the one that has these rows.
  std::string head;
  // All rows up to here have been answered.
  int64_t acknowledged_rows = 0;
};

// Returns nullopt if there is no such file, or one that cannot be read. Then every row is sent, and
// rows that are posted already are answered as such.
std::optional<LoadState> ReadLoadState(const std::string& path);
absl::Status WriteLoadState(const std::string& path, const LoadState& state);

// Tracks up to which row all rows have been answered, which happens in any order.
class AnsweredRows {
 public:
  explicit AnsweredRows(int64_t up_to) : up_to_(up_to) {}

  // Adds the rows `first` to `last`, none of which was answered before.
  void Add(int64_t first, int64_t last);
  int64_t up_to() const { return up_to_; }

 private:
  int64_t up_to_;
  // Ranges beyond a row that has no answer yet: first → last.
  std::map<int64_t, int64_t> ranges_;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_LOAD_STATE_H_
