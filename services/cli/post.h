#ifndef SERVICES_CLI_POST_H_
#define SERVICES_CLI_POST_H_

#include <CLI/CLI.hpp>

namespace ledgercast::cli {

// Adds `ledgercast post`, which posts one transfer. Sets `exit_code` when it is run.
void AddPost(CLI::App* parent, int* exit_code);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_POST_H_
