#include "services/cli/cli.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "services/cli/accounts_create.h"
#include "services/cli/accounts_list.h"
#include "services/cli/accounts_show.h"
#include "services/cli/completion.h"
#include "services/cli/exit_code.h"
#include "services/cli/list.h"
#include "services/cli/load.h"
#include "services/cli/login.h"
#include "services/cli/output.h"
#include "services/cli/post.h"
#include "services/cli/secrets.h"
#include "services/cli/setup_commands.h"
#include "services/cli/suggestions.h"
#include "services/cli/verify.h"
#include "services/cli/watch.h"
#include "services/common/base/version.h"

namespace ledgercast::cli {
namespace {

// Prints the help, for somebody who named only a group of commands. It returns an error code all
// the same, so that a script notices that it forgot the command.
int ShowHelp(const CLI::App& app) {
  (void)WriteOut(app.help());
  return kUsage;
}

}  // namespace

int Run(int argc, const char* const* argv) {
  int exit_code = kUsage;
  CLI::App app("Posts, reads, follows and audits a Ledgercast.", "ledgercast");
  app.footer(kExitCodeHelp);
  app.set_version_flag("--version", std::string("ledgercast ") + Version(), "prints the version");
  app.require_subcommand(1);

  AddLogin(&app, &exit_code);
  AddLogout(&app, &exit_code);

  CLI::App* accounts = AddAccountsGroup(&app);
  AddAccountsList(accounts, &exit_code);
  AddAccountsShow(accounts, &exit_code);
  AddAccountsCreate(accounts, &exit_code);

  AddPost(&app, &exit_code);
  AddList(&app, &exit_code);
  AddWatch(&app, &exit_code);
  AddLoad(&app, &exit_code);
  AddVerify(&app, &exit_code);

  AddDatabaseCommands(&app, &exit_code);

  CLI::App* secrets =
      app.add_subcommand("secrets", "Makes and prints the keys and passwords of an installation");
  secrets->require_subcommand(1);
  AddSecretsCreate(secrets, &exit_code);
  AddSecretsSignIns(secrets, &exit_code);
  AddCompletion(&app, &exit_code);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 has an exit code for each kind of mistake. Its code is 0 for --help and --version.
    if (error.get_exit_code() == 0) return app.exit(error) == 0 ? kDone : kUsage;
    const auto astray = FindAstray(app, {argv + 1, argv + argc});
    if (!astray) {
      app.exit(error);
    } else if (astray->word.empty()) {
      return ShowHelp(app);
    } else {
      std::fputs(Explain(*astray).c_str(), stderr);
    }
    return kUsage;
  }
  return exit_code;
}

}  // namespace ledgercast::cli
