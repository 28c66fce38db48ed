#ifndef SERVICES_TRANSACTION_POSTGRES_MIGRATE_H_
#define SERVICES_TRANSACTION_POSTGRES_MIGRATE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/transaction/postgres/session.h"

namespace ledgercast::postgres {

struct Migration {
  int version;
  const char* name;
  const char* sql;
};

// The files of postgres/migrations in order, built into the program.
const std::vector<Migration>& Migrations();

// Brings the database up to the newest of Migrations(), each in a transaction of its
// own. Safe when several programs start at once: they take turns on an advisory lock.
// FAILED_PRECONDITION if the database is newer than this program.
absl::Status Migrate(Session* session);

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_MIGRATE_H_
