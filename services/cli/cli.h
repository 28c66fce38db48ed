#ifndef SERVICES_CLI_CLI_H_
#define SERVICES_CLI_CLI_H_

namespace ledgercast::cli {

// Runs the command of the program `ledgercast` that `argv` names, and returns its exit code.
int Run(int argc, const char* const* argv);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_CLI_H_
