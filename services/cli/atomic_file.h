#ifndef SERVICES_CLI_ATOMIC_FILE_H_
#define SERVICES_CLI_ATOMIC_FILE_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ledgercast::cli {

// Replaces `path` by a rename, so that whoever reads it finds the old content or the new
// one, whatever happens to this process.
absl::Status WriteFileAtomically(const std::string& path, std::string_view content, mode_t mode);

// Holds a file for itself among the processes that ask for it this way, until it goes or
// the process ends, however that ends.
class FileLock {
 public:
  enum class Wait { kUntilFree, kNot };

  // `path` is made if `make` says so. UNAVAILABLE where another process has it.
  static absl::StatusOr<std::unique_ptr<FileLock>> Take(const std::string& path, bool make,
                                                        Wait wait);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  const int fd_;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_ATOMIC_FILE_H_
