#ifndef SERVICES_CLI_ATOMIC_FILE_H_
#define SERVICES_CLI_ATOMIC_FILE_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ledgercast::cli {

// Writes a new file and renames it to `path`. Whoever reads `path` finds the old content or the new
// one, even if this process is killed.
absl::Status WriteFileAtomically(const std::string& path, std::string_view content, mode_t mode);

// Locks a file against all processes that use this class, until the object is destroyed or the
// process ends in any way.
class FileLock {
 public:
  enum class Wait { kUntilFree, kNot };

  // Locks `path`, and makes the file if `make` is true. UNAVAILABLE if another process has the
  // lock.
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
