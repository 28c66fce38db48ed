#ifndef SERVICES_TRANSACTION_FLAGS_H_
#define SERVICES_TRANSACTION_FLAGS_H_

#include <string>

#include "services/common/base/flag_set.h"
#include "services/transaction/options.h"

namespace ledgercast {

// Adds the service's flags and their environment variables. The flags set `options`.
void AddFlags(FlagSet* flags, TransactionOptions* options);

// Adds the mode `migrate`, which sets `migrate`; its flag sets `runtime_role`.
void AddMigrateMode(FlagSet* flags, bool* migrate, std::string* runtime_role);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_FLAGS_H_
