#ifndef SERVICES_TRANSACTION_FLAGS_H_
#define SERVICES_TRANSACTION_FLAGS_H_

#include <CLI/CLI.hpp>
#include <string>

#include "services/transaction/options.h"

namespace ledgercast {

// Adds the service's flags and the environment variables that stand in for them.
void AddFlags(CLI::App* app, TransactionOptions* options);

// Adds the mode `migrate` as a command of `app`, which may name `runtime_role`. It takes the flags
// of AddFlags() too.
CLI::App* AddMigrateMode(CLI::App* app, std::string* runtime_role);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_FLAGS_H_
