#ifndef SERVICES_CLI_EXIT_CODE_H_
#define SERVICES_CLI_EXIT_CODE_H_

#include "absl/status/status.h"

namespace ledgercast::cli {

// The exit codes that scripts can rely on.
enum ExitCode {
  kDone = 0,
  // The request was refused. Another try would be refused too.
  kRefused = 1,
  // The command line, a file that it names or the sign-in is wrong.
  kUsage = 2,
  // The service or the database did not answer. Another try may succeed.
  kUnavailable = 3,
  // The command ran to its end and found something. `load` had rows rejected or found all of them
  // posted by another load. `verify` found the ledger unsound.
  kFindings = 4,
};

inline constexpr char kExitCodeHelp[] =
    "Exit status: 0 done, 1 refused, 2 wrong usage, 3 the service or the database is unavailable,\n"
    "4 done but not all is well (load: rows were rejected, or all were posted by another load; "
    "verify: the ledger is unsound).";

// Writes what failed to stderr, with its reason, and returns the exit code for it. An error without
// the service's reason happened on this machine, so its exit code is kUsage.
int Report(const absl::Status& status);

// Does the same for an error that was found before the service was asked. Always returns kUsage.
int ReportUsage(const absl::Status& status);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_EXIT_CODE_H_
