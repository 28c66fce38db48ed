#ifndef SERVICES_TRANSACTION_FLAGS_H_
#define SERVICES_TRANSACTION_FLAGS_H_

#include <CLI/CLI.hpp>
#include <string>

#include "services/transaction/options.h"

namespace ledgercast {

// Adds the service's flags and their environment variables. The flags set `options`.
void AddFlags(CLI::App* app, TransactionOptions* options);

// Adds the mode `migrate` as a command of `app`; its flag sets `runtime_role`. The mode also
// accepts the flags of AddFlags().
CLI::App* AddMigrateMode(CLI::App* app, std::string* runtime_role);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_FLAGS_H_
