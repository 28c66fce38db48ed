#ifndef SERVICES_CLI_LOGIN_H_
#define SERVICES_CLI_LOGIN_H_

#include <CLI/CLI.hpp>

namespace ledgercast::cli {

// Add `ledgercast login`, which signs in for all later commands, and `ledgercast logout`. They set
// `exit_code` when they are run.
void AddLogin(CLI::App* parent, int* exit_code);
void AddLogout(CLI::App* parent, int* exit_code);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_LOGIN_H_
