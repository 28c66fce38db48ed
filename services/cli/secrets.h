#ifndef SERVICES_CLI_SECRETS_H_
#define SERVICES_CLI_SECRETS_H_

#include <CLI/CLI.hpp>

namespace ledgercast::cli {

// Add `ledgercast secrets create`, which makes missing secrets, and `ledgercast secrets sign-ins`,
// which prints user names and passwords. They set `exit_code` when they are run.
void AddSecretsCreate(CLI::App* parent, int* exit_code);
void AddSecretsSignIns(CLI::App* parent, int* exit_code);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_SECRETS_H_
