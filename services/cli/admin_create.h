#ifndef SERVICES_CLI_ADMIN_CREATE_H_
#define SERVICES_CLI_ADMIN_CREATE_H_

#include <CLI/CLI.hpp>

namespace ledgercast::cli {

// `ledgercast admin create`: an admin made in the database itself, because accounts are
// otherwise made by admins. Sets `exit_code` when it is run.
void AddAdminCreate(CLI::App* parent, int* exit_code);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_ADMIN_CREATE_H_
