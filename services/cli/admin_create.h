#ifndef SERVICES_CLI_ADMIN_CREATE_H_
#define SERVICES_CLI_ADMIN_CREATE_H_

#include <CLI/CLI.hpp>

namespace ledgercast::cli {

// Adds `ledgercast admin create`, which makes an admin in the database itself, because otherwise
// only admins make accounts. Sets `exit_code` when it is run.
void AddAdminCreate(CLI::App* parent, int* exit_code);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_ADMIN_CREATE_H_
