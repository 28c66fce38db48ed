#ifndef SERVICES_TRANSACTION_POSTGRES_MIGRATE_H_
#define SERVICES_TRANSACTION_POSTGRES_MIGRATE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/transaction/postgres/connection.h"
#include "services/transaction/postgres/pg_store.h"

// Moves the schema from one version of the program to the next while replicas of both run.
//
// A migration only adds what the previous version of the program can live with ("expand"). What
// that version still needed is removed by a later migration, when it no longer runs ("contract").
// So a roll-out can be rolled back. A line `-- Oldest program: N` in a migration's head says that a
// program must know at least version N of the schema to run on it. Without that line, N is the
// version before the migration.
//
// A migration runs in a transaction of its own, unless its head says `-- Outside a transaction`.
// CREATE INDEX CONCURRENTLY needs that. Then its statements are sent one by one. Each must end at
// the end of a line, and it must be possible to run them again after a failure half-way.

namespace ledgercast::postgres {

struct Migration {
  int version;
  const char* name;
  const char* sql;
};

// Returns the files of postgres/migrations in order, which are built into the program.
const std::vector<Migration>& Migrations();

struct MigrateOptions {
  const std::vector<Migration>* migrations = &Migrations();
  // Longest single wait for a lock that live replicas hold. Other statements queue up behind such a
  // wait, so it is short and then tried again.
  absl::Duration lock_timeout = absl::Seconds(1);
  // Is called before each further attempt; false ends the attempts.
  std::function<bool()> keep_trying = [] { return true; };
  // The role that gets the rights in grants.sql; it must exist. "" leaves all rights unchanged.
  std::string runtime_role = {};
  // Connects a second session, which reports the progress of long statements. May be null.
  std::function<absl::StatusOr<std::unique_ptr<Connection>>()> connect_observer = nullptr;
};

// Brings the database to the newest migration. If several programs start at once, they take turns.
// `session` must not have a statement timeout (see MigrateDatabase()).
//
// Returns UNAVAILABLE if the connection was lost or `keep_trying` returned false. All other errors
// are final. FAILED_PRECONDITION means that this program is too old for the database, or that a
// migration was applied with another content than this program has. A statement that fails returns
// its own error.
absl::Status Migrate(Connection* connection, const MigrateOptions& options = MigrateOptions());

// Connects as `database` says, but without its statement timeout, and migrates.
absl::Status MigrateDatabase(PgOptions database, MigrateOptions options);

// Returns OK if this program can run on the schema as it is. Returns UNAVAILABLE if the schema is
// older and must be migrated first, and FAILED_PRECONDITION as Migrate() does.
absl::Status CheckSchema(Connection* connection,
                         const std::vector<Migration>& migrations = Migrations());

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_MIGRATE_H_
