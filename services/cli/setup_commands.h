#ifndef SERVICES_CLI_SETUP_COMMANDS_H_
#define SERVICES_CLI_SETUP_COMMANDS_H_

namespace CLI {
class App;
}

namespace ledgercast::cli {

// Adds the groups of commands that work directly in the database: `admin` and `roles`. The command
// that was given sets `exit_code`.
void AddDatabaseCommands(CLI::App* app, int* exit_code);

// Adds the group `accounts`, without its commands, and returns it.
CLI::App* AddAccountsGroup(CLI::App* app);

// Is the main() of the program ledgercast-setup-commands: those commands of the program
// `ledgercast` that a new installation needs first, under the same names. It compiles in a quarter
// of the time, so run.sh builds it before the page is up, and the whole tool afterwards. No package
// or image has it. Returns the exit code.
int RunSetupCommands(int argc, const char* const* argv);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_SETUP_COMMANDS_H_
