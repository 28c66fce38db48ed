#ifndef SERVICES_TRANSACTION_POSTGRES_MIGRATION_FILE_H_
#define SERVICES_TRANSACTION_POSTGRES_MIGRATION_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "services/transaction/postgres/migrate.h"

namespace ledgercast::postgres {

// Reads what a migration's text says about itself; see migrate.h.

// Returns the oldest version of the schema whose program runs on this migration's.
int OldestProgram(const Migration& migration);

bool RunsOutsideTransaction(const Migration& migration);

// Returns the statements of a migration that runs outside a transaction.
std::vector<std::string> StatementsOf(const Migration& migration);

// Returns the hex SHA-256 of its text, which schema_migrations keeps.
std::string ChecksumOf(const Migration& migration);

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_MIGRATION_FILE_H_
