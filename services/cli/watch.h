#ifndef SERVICES_CLI_WATCH_H_
#define SERVICES_CLI_WATCH_H_

#include <CLI/CLI.hpp>

namespace ledgercast::cli {

// Adds `ledgercast watch`, which follows the ledger until Ctrl-C. Sets `exit_code` when it is run.
void AddWatch(CLI::App* parent, int* exit_code);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_WATCH_H_
