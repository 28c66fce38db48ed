#include "services/cli/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace ledgercast::cli {
namespace {

absl::Status FileError(const std::string& path) {
  return absl::InvalidArgumentError(path + ": " + std::strerror(errno));
}

bool WriteAll(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

absl::Status WriteFileAtomically(const std::string& path, std::string_view content, mode_t mode) {
  // Each writer has a file name of its own. mkstemp makes the file readable for its owner only.
  std::string next = path + ".XXXXXX";
  const int fd = mkstemp(next.data());
  if (fd < 0) return FileError(path);
  const bool written = fchmod(fd, mode) == 0 && WriteAll(fd, content);
  const int write_error = errno;
  if (close(fd) == 0 && written && std::rename(next.c_str(), path.c_str()) == 0) {
    return absl::OkStatus();
  }
  if (!written) errno = write_error;
  absl::Status status = FileError(path);
  unlink(next.c_str());
  return status;
}

absl::StatusOr<std::unique_ptr<FileLock>> FileLock::Take(const std::string& path, bool make,
                                                         Wait wait) {
  const int fd = open(path.c_str(), (make ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC, 0600);
  if (fd < 0) return FileError(path);
  int taken = 0;
  do {
    taken = flock(fd, LOCK_EX | (wait == Wait::kNot ? LOCK_NB : 0));
  } while (taken != 0 && errno == EINTR);
  if (taken == 0) return std::unique_ptr<FileLock>(new FileLock(fd));
  absl::Status status = errno == EWOULDBLOCK
                            ? absl::UnavailableError(path + ": another process is at it")
                            : FileError(path);
  close(fd);
  return status;
}

FileLock::~FileLock() { close(fd_); }

}  // namespace ledgercast::cli
