#ifndef SERVICES_CLI_ROLES_CREATE_H_
#define SERVICES_CLI_ROLES_CREATE_H_

#include <CLI/CLI.hpp>

namespace ledgercast::cli {

// Adds `ledgercast roles create`. A superuser of PostgreSQL runs it before anything else to make
// the two roles of a ledger's database, so that no other program of Ledgercast runs as a superuser.
// Sets `exit_code` when it is run.
void AddRolesCreate(CLI::App* parent, int* exit_code);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_ROLES_CREATE_H_
