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

// What an audit knows of everything but the transactions.
struct AuditedSettings {
  std::string ledger;
  AccountBook accounts;
  // Sequence of the head when changes began to be recorded. Limits that are newer than the ledger
  // hold only for transactions after it.
  int64_t recorded_since = 0;
};

// Compares every row of accounts, currencies, ledger and schema_migrations, column by column, with
// what was recorded of it, and checks what was recorded. A row that disagrees is read again, and is
// called a problem only where no change of it was under way. Tables and columns that this version
// does not know go to `notes`. Fails only if the source fails.
absl::StatusOr<AuditedSettings> AuditSettings(const StoredSource& source, Problems* problems,
                                              std::vector<std::string>* notes);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_AUDIT_SETTINGS_H_
