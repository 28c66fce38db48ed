#ifndef SERVICES_TRANSACTION_POSTGRES_MIGRATION_FILE_H_
#define SERVICES_TRANSACTION_POSTGRES_MIGRATION_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "services/transaction/postgres/migrate.h"

namespace ledgercast::postgres {

// These functions read what a migration's text says about itself; see migrate.h.

// Returns the oldest version of the schema that a program must know to run on this migration.
int OldestProgram(const Migration& migration);

bool RunsOutsideTransaction(const Migration& migration);

// Returns the statements of a migration that runs outside a transaction.
std::vector<std::string> StatementsOf(const Migration& migration);

// Returns the SHA-256 of the migration's whole text, in hex. The table schema_migrations keeps it.
std::string ChecksumOf(const Migration& migration);

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_MIGRATION_FILE_H_
