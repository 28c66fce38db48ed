#ifndef SERVICES_CLI_LOAD_H_
#define SERVICES_CLI_LOAD_H_

#include <CLI/CLI.hpp>

namespace ledgercast::cli {

// Adds `ledgercast load`, which posts a file of transfers. Each is posted once, however often the
// command is run. Sets `exit_code` when it is run.
void AddLoad(CLI::App* parent, int* exit_code);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_LOAD_H_
