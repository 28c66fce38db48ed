#ifndef SERVICES_COMMON_BASE_PROGRAM_H_
#define SERVICES_COMMON_BASE_PROGRAM_H_

// Functions that the main() of every program uses.

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace ledgercast {

// Makes the default spdlog logger write JSON lines to stderr (see log.h). `level` is one of
// spdlog's names of levels. Returns INVALID_ARGUMENT for another name.
absl::Status SetUpLogging(const std::string& program, const std::string& level);

// Catches SIGINT and SIGTERM. Create it first in main(), before any thread starts, so that all
// threads inherit the blocked mask.
class StopSignal {
 public:
  StopSignal();
  // Blocks until one of these signals arrives, and returns its number.
  int Wait();
  // Returns whether a signal has arrived already, so that Wait() would return at once.
  bool Arrived() const;
  // Makes the next `signal` end the process at once, for people who do not want to wait for a slow
  // stop. The other signal stays blocked, because a script that Ctrl-C ends passes it on as
  // SIGTERM.
  static void LetTheNextOneKill(int signal);
};

// Returns the socket of systemd that wants to know when this program is ready, or "" if none does.
std::string NotifySocket();

// Reads the whole file. Returns an error that names the path if the file cannot be read or is
// longer than `max_bytes`.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_PROGRAM_H_
