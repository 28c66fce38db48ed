#include "services/cli/setup_commands.h"

#include <CLI/CLI.hpp>

#include "services/cli/accounts_create.h"
#include "services/cli/admin_create.h"
#include "services/cli/exit_code.h"
#include "services/cli/roles_create.h"

namespace ledgercast::cli {

void AddDatabaseCommands(CLI::App* app, int* exit_code) {
  CLI::App* admin = app->add_subcommand("admin", "Makes admins directly in the database");
  admin->require_subcommand(1);
  AddAdminCreate(admin, exit_code);

  CLI::App* roles =
      app->add_subcommand("roles", "Makes roles of PostgreSQL directly in the database");
  roles->require_subcommand(1);
  AddRolesCreate(roles, exit_code);
}

CLI::App* AddAccountsGroup(CLI::App* app) {
  CLI::App* accounts =
      app->add_subcommand("accounts", "Lists, shows and makes accounts through the service");
  accounts->require_subcommand(1);
  return accounts;
}

int RunSetupCommands(int argc, const char* const* argv) {
  int exit_code = kUsage;
  CLI::App app("Makes roles, admins and accounts, as the program ledgercast does.");
  app.require_subcommand(1);
  AddDatabaseCommands(&app, &exit_code);
  AddAccountsCreate(AddAccountsGroup(&app), &exit_code);
  CLI11_PARSE(app, argc, argv);
  return exit_code;
}

}  // namespace ledgercast::cli
