#include "services/cli/cli.h"

#include <CLI/CLI.hpp>

#include "services/cli/accounts_create.h"
#include "services/cli/admin_create.h"
#include "services/cli/exit_code.h"

namespace ledgercast::cli {

int Run(int argc, const char* const* argv) {
  int exit_code = kUsage;
  CLI::App app("Runs a Ledgercast.", "ledgercast");
  app.footer(kExitCodeHelp);
  app.require_subcommand(1);

  CLI::App* admin = app.add_subcommand("admin", "Admins, in the database itself");
  admin->require_subcommand(1);
  AddAdminCreate(admin, &exit_code);

  CLI::App* accounts = app.add_subcommand("accounts", "Accounts, through the service");
  accounts->require_subcommand(1);
  AddAccountsCreate(accounts, &exit_code);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 has an exit code for each kind of mistake; asking for help is none.
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  return exit_code;
}

}  // namespace ledgercast::cli
