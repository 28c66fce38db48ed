#ifndef SERVICES_CLI_ACCOUNTS_CREATE_H_
#define SERVICES_CLI_ACCOUNTS_CREATE_H_

#include <CLI/CLI.hpp>

namespace ledgercast::cli {

// Adds `ledgercast accounts create`, by which an admin makes an account through the service. Sets
// `exit_code` when it is run.
void AddAccountsCreate(CLI::App* parent, int* exit_code);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_ACCOUNTS_CREATE_H_
