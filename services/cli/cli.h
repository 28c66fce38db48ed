#ifndef SERVICES_CLI_CLI_H_
#define SERVICES_CLI_CLI_H_

namespace ledgercast::cli {

// The program `ledgercast`: runs the command that `argv` names and answers its exit code.
int Run(int argc, const char* const* argv);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_CLI_H_
