#ifndef SERVICES_TRANSACTION_PREPARE_DATABASE_H_
#define SERVICES_TRANSACTION_PREPARE_DATABASE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/transaction/options.h"

namespace ledgercast {

// Waits for the database as long as `keep_waiting` answers true, and until its schema is one that
// this program runs on: it migrates the schema itself, or with `--migrate=false` waits until
// somebody has. Answers what an operator should know about the database (see ServerWarnings()).
// An error that waiting does not mend is answered at once.
absl::StatusOr<std::vector<std::string>> PrepareDatabase(const TransactionOptions& options,
                                                         const std::function<bool()>& keep_waiting);

// The mode `migrate`: migrates the database that `options` name, waiting for it likewise, and gives
// `runtime_role`, if it is not "", the rights that the service needs.
absl::Status MigrateOnly(const TransactionOptions& options, const std::string& runtime_role,
                         const std::function<bool()>& keep_waiting);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_PREPARE_DATABASE_H_
