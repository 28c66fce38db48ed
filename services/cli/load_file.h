#ifndef SERVICES_CLI_LOAD_FILE_H_
#define SERVICES_CLI_LOAD_FILE_H_

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/cli/load_state.h"

namespace ledgercast::cli {

// What a file of transfers is read from; "-" is standard input.
class InputFile {
 public:
  explicit InputFile(const std::string& path);

  // INVALID_ARGUMENT if it cannot be read.
  absl::Status status() const;
  std::istream* stream() { return stream_; }

 private:
  const std::string path_;
  std::ifstream file_;
  std::istream* stream_ = &file_;
};

// Hex SHA-256 of the content.
absl::StatusOr<std::string> FingerprintOf(const std::string& path);

// What a look through a whole file of transfers finds.
struct FileCheck {
  int64_t rows = 0;
  int64_t bad_rows = 0;
  // What is wrong with the first of them, by line.
  std::vector<std::string> problems;
};

// `name`: as TransferReader has it.
absl::StatusOr<FileCheck> CheckTransferFile(const std::string& path, const std::string& name,
                                            size_t max_problems);

// Where a load begins that is to have the name and fingerprint of `wanted`, `before`
// being the state of an earlier one of the same file: after `acknowledged_rows` of the
// answer. FAILED_PRECONDITION where the rows would be given other ids than before, unless
// `is_named`: somebody chose the name for it.
absl::StatusOr<LoadState> Resumed(const LoadState& wanted, const LoadState& before, bool is_named);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_LOAD_FILE_H_
