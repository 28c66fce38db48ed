#include "services/cli/cli.h"

#include <CLI/CLI.hpp>

#include "services/cli/accounts_create.h"
#include "services/cli/accounts_list.h"
#include "services/cli/accounts_show.h"
#include "services/cli/admin_create.h"
#include "services/cli/completion.h"
#include "services/cli/exit_code.h"
#include "services/cli/list.h"
#include "services/cli/load.h"
#include "services/cli/login.h"
#include "services/cli/post.h"
#include "services/cli/roles_create.h"
#include "services/cli/secrets.h"
#include "services/cli/verify.h"
#include "services/cli/watch.h"

namespace ledgercast::cli {

int Run(int argc, const char* const* argv) {
  int exit_code = kUsage;
  CLI::App app("Posts, reads, follows and audits a Ledgercast.", "ledgercast");
  app.footer(kExitCodeHelp);
  app.require_subcommand(1);

  AddLogin(&app, &exit_code);
  AddLogout(&app, &exit_code);

  CLI::App* accounts = app.add_subcommand("accounts", "Accounts, through the service");
  accounts->require_subcommand(1);
  AddAccountsList(accounts, &exit_code);
  AddAccountsShow(accounts, &exit_code);
  AddAccountsCreate(accounts, &exit_code);

  AddPost(&app, &exit_code);
  AddList(&app, &exit_code);
  AddWatch(&app, &exit_code);
  AddLoad(&app, &exit_code);
  AddVerify(&app, &exit_code);

  CLI::App* admin = app.add_subcommand("admin", "Admins, in the database itself");
  admin->require_subcommand(1);
  AddAdminCreate(admin, &exit_code);

  CLI::App* roles = app.add_subcommand("roles", "Roles of PostgreSQL, in the database itself");
  roles->require_subcommand(1);
  AddRolesCreate(roles, &exit_code);

  CLI::App* secrets = app.add_subcommand("secrets", "Keys and passwords of an installation");
  secrets->require_subcommand(1);
  AddSecretsCreate(secrets, &exit_code);
  AddSecretsSignIns(secrets, &exit_code);
  AddCompletion(&app, &exit_code);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 has an exit code for each kind of mistake; asking for help is none.
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  return exit_code;
}

}  // namespace ledgercast::cli
