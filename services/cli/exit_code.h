#ifndef SERVICES_CLI_EXIT_CODE_H_
#define SERVICES_CLI_EXIT_CODE_H_

#include "absl/status/status.h"

namespace ledgercast::cli {

// What scripts decide by.
enum ExitCode {
  kDone = 0,
  // Asked and answered: trying again changes nothing.
  kRefused = 1,
  // The command line or a file that it names is wrong; nobody was asked.
  kUsage = 2,
  // The service or the database did not answer: worth another try.
  kUnavailable = 3,
};

inline constexpr char kExitCodeHelp[] =
    "Exit status: 0 done, 1 refused, 2 wrong usage, 3 the service or the database is unavailable.";

// Writes what failed to stderr, with its reason; answers the exit code for it.
int Report(const absl::Status& status);

// The same for what is wrong before anybody is asked.
int ReportUsage(const absl::Status& status);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_EXIT_CODE_H_
