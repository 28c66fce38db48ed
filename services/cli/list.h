#ifndef SERVICES_CLI_LIST_H_
#define SERVICES_CLI_LIST_H_

#include <CLI/CLI.hpp>

namespace ledgercast::cli {

// Adds `ledgercast list`, which lists posted transactions page by page. Sets `exit_code` when it is
// run.
void AddList(CLI::App* parent, int* exit_code);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_LIST_H_
