#ifndef SERVICES_CLI_EXIT_CODE_H_
#define SERVICES_CLI_EXIT_CODE_H_

#include "absl/status/status.h"

namespace ledgercast::cli {

// What scripts decide by.
enum ExitCode {
  kDone = 0,
  // Asked and answered: trying again changes nothing.
  kRefused = 1,
  // The command line, a file that it names or the sign-in is wrong.
  kUsage = 2,
  // The service or the database did not answer: worth another try.
  kUnavailable = 3,
  // The command went through, and not everything was well: `load` had rows rejected or found all
  // of them posted by another load, `verify` found the ledger unsound.
  kFindings = 4,
};

inline constexpr char kExitCodeHelp[] =
    "Exit status: 0 done, 1 refused, 2 wrong usage, 3 the service or the database is unavailable,\n"
    "4 done but not all is well (load: rows were rejected, or all were posted by another load; "
    "verify: the ledger is unsound).";

// Writes what failed to stderr, with its reason; answers the exit code for it. What
// carries no reason of the service's failed on this machine: kUsage.
int Report(const absl::Status& status);

// kUsage in any case: what is wrong before anybody is asked.
int ReportUsage(const absl::Status& status);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_EXIT_CODE_H_
