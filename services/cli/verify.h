#ifndef SERVICES_CLI_VERIFY_H_
#define SERVICES_CLI_VERIFY_H_

#include <CLI/CLI.hpp>

namespace ledgercast::cli {

// Adds `ledgercast verify`, which audits the whole ledger. Sets `exit_code` when it is run.
void AddVerify(CLI::App* parent, int* exit_code);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_VERIFY_H_
