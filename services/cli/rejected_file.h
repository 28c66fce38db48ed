#ifndef SERVICES_CLI_REJECTED_FILE_H_
#define SERVICES_CLI_REJECTED_FILE_H_

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/cli/transfer_reader.h"

namespace ledgercast::cli {

// Writes the rows of a load that the service refused, as CSV that can be loaded again, since each
// row keeps its id. The file is made when the first row comes.
class RejectedFile {
 public:
  explicit RejectedFile(std::string path) : path_(std::move(path)) {}

  // Returns OK if rows may be written to `path`: the file does not exist, or this program wrote it.
  // Files that somebody else made are never touched, nor are those in `taken`, even through another
  // name.
  static absl::Status CheckPath(const std::string& path, const std::vector<std::string>& taken);

  // Goes on with the file of an earlier run. Its rows up to `acknowledged_rows` stay. The others
  // are removed, since they are sent again. If `acknowledged_rows` is 0, the file is renamed and
  // kept, since it may belong to another load. FAILED_PRECONDITION for the reasons of CheckPath().
  absl::Status Resume(int64_t acknowledged_rows);
  absl::Status Add(const TransferRow& row, const absl::Status& why);
  // Writes out all rows that were added. After OK they have left this process.
  absl::Status Flush();

  const std::string& path() const { return path_; }
  int64_t rows() const { return rows_; }

 private:
  absl::Status MoveAway();
  absl::Status Open();
  absl::Status Check();

  const std::string path_;
  std::ofstream file_;
  int64_t rows_ = 0;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_REJECTED_FILE_H_
