#ifndef SERVICES_CLI_ACCOUNTS_SHOW_H_
#define SERVICES_CLI_ACCOUNTS_SHOW_H_

#include <CLI/CLI.hpp>

namespace ledgercast::cli {

// Adds `ledgercast accounts show`, which shows one account, now or as it was. Sets `exit_code` when
// it is run.
void AddAccountsShow(CLI::App* parent, int* exit_code);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_ACCOUNTS_SHOW_H_
