#ifndef SERVICES_CLI_AUDIT_SETTINGS_H_
#define SERVICES_CLI_AUDIT_SETTINGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/cli/account_book.h"
#include "services/cli/change_history.h"
#include "services/cli/problems.h"
#include "services/cli/stored_rows.h"

namespace ledgercast::cli {

// Holds what an audit knows besides the transactions.
struct AuditedSettings {
  std::string ledger;
  AccountBook accounts;
  // Sequence of the ledger's head when the service began to record changes. The limits of the
  // contract are checked only for later transactions, since they are newer than some ledgers.
  int64_t recorded_since = 0;
};

// Compares every row of accounts, currencies, ledger and schema_migrations, column by column, with
// what was recorded about it. Checks the records too. A row that disagrees is read again, and
// becomes a problem only if it did not change during the reading. Tables and columns that this
// version does not know go to `notes`. Fails only if the source fails.
absl::StatusOr<AuditedSettings> AuditSettings(const StoredSource& source, Problems* problems,
                                              std::vector<std::string>* notes);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_AUDIT_SETTINGS_H_
