#ifndef SERVICES_CLI_ACCOUNTS_LIST_H_
#define SERVICES_CLI_ACCOUNTS_LIST_H_

#include <CLI/CLI.hpp>

namespace ledgercast::cli {

// Adds `ledgercast accounts list`, which lists all accounts that the caller may see. Sets
// `exit_code` when it is run.
void AddAccountsList(CLI::App* parent, int* exit_code);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_ACCOUNTS_LIST_H_
