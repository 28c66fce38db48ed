#ifndef SERVICES_CLI_COMPLETION_H_
#define SERVICES_CLI_COMPLETION_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace ledgercast::cli {

// Describes a command as a shell completes it.
struct CompletedCommand {
  struct Word {
    std::string text;
    std::string description;
    bool takes_value = false;
  };
  std::string path;  // "ledgercast accounts list"
  std::vector<Word> commands;
  std::vector<Word> flags;
};

// Lists `app` and all commands below it.
std::vector<CompletedCommand> CompletedCommands(const CLI::App& app);

// Return the script that teaches a shell these commands.
std::string BashCompletion(const std::vector<CompletedCommand>& commands);
std::string ZshCompletion(const std::vector<CompletedCommand>& commands);
std::string FishCompletion(const std::vector<CompletedCommand>& commands);

// Adds `ledgercast completion`, which prints one of these scripts for all of `root`. Sets
// `exit_code` when it is run.
void AddCompletion(CLI::App* root, int* exit_code);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_COMPLETION_H_
