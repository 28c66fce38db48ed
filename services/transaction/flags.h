#ifndef SERVICES_TRANSACTION_FLAGS_H_
#define SERVICES_TRANSACTION_FLAGS_H_

#include <CLI/CLI.hpp>

#include "services/transaction/options.h"

namespace ledgercast {

// The service's flags and the environment variables that stand in for them.
void AddFlags(CLI::App* app, TransactionOptions* options);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_FLAGS_H_
