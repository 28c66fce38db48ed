#ifndef SERVICES_CLI_LOAD_FILE_H_
#define SERVICES_CLI_LOAD_FILE_H_

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/cli/load_state.h"

namespace ledgercast::cli {

// Stands for standard input where a file is asked for.
inline constexpr char kStandardInput[] = "-";

// Opens a file of transfers, or standard input.
class InputFile {
 public:
  explicit InputFile(const std::string& path);

  // Returns INVALID_ARGUMENT if the file cannot be read.
  absl::Status status() const;
  std::istream* stream() { return stream_; }

 private:
  const std::string path_;
  std::ifstream file_;
  std::istream* stream_ = &file_;
};

// Returns the hex SHA-256 of the file's content.
absl::StatusOr<std::string> FingerprintOf(const std::string& path);

// Holds what a check of a whole file of transfers finds.
struct FileCheck {
  int64_t rows = 0;
  int64_t bad_rows = 0;
  // Says what is wrong with the first bad rows, one line each.
  std::vector<std::string> problems;
};

// Reads a whole file of transfers without sending any. `name` has the meaning that it has for
// TransferReader::Open().
absl::StatusOr<FileCheck> CheckTransferFile(const std::string& path, const std::string& name,
                                            size_t max_problems);

// Returns the state from which the load `wanted` goes on, where `before` is the state of an earlier
// load of the same file. The load begins after the `acknowledged_rows` of the result.
// FAILED_PRECONDITION if the rows would get other ids than before. With `is_named` that is allowed,
// because somebody chose the new name on purpose.
absl::StatusOr<LoadState> Resumed(const LoadState& wanted, const LoadState& before, bool is_named);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_LOAD_FILE_H_
