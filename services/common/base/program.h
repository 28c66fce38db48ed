#ifndef SERVICES_COMMON_BASE_PROGRAM_H_
#define SERVICES_COMMON_BASE_PROGRAM_H_

// What the mains of all programs share.

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace ledgercast {

// Makes the default spdlog logger write JSON lines to stderr (see log.h). `level` is
// spdlog's name for it.
absl::Status SetUpLogging(const std::string& program, const std::string& level);

// Catches SIGINT and SIGTERM. Make it first thing in main, before any thread starts, so
// that all of them inherit the blocked mask.
class StopSignal {
 public:
  StopSignal();
  // Blocks until one of them arrives, and returns which.
  int Wait();
  // Whether one has arrived already; Wait() then answers at once.
  bool Arrived() const;
  // Makes the next `signal` end the process at once, for people who will not wait for a slow stop.
  // The other signal does not: a script that is ended by Ctrl-C passes it on as SIGTERM.
  static void LetTheNextOneKill(int signal);
};

// Reads the whole file, at most `max_bytes`; the error names the path.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_PROGRAM_H_
