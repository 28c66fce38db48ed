#include "services/cli/setup_commands.h"

int main(int argc, char** argv) { return ledgercast::cli::RunSetupCommands(argc, argv); }
