#ifndef SERVICES_TRANSACTION_FLAGS_H_
#define SERVICES_TRANSACTION_FLAGS_H_

#include <CLI/CLI.hpp>
#include <string>

#include "services/transaction/options.h"

namespace ledgercast {

// The service's flags and the environment variables that stand in for them.
void AddFlags(CLI::App* app, TransactionOptions* options);

// The mode `migrate`: the command of `app` that stands for it, and the role that it names. It takes
// the flags of AddFlags() too.
CLI::App* AddMigrateMode(CLI::App* app, std::string* runtime_role);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_FLAGS_H_
