#ifndef SERVICES_TRANSACTION_POSTGRES_MIGRATE_H_
#define SERVICES_TRANSACTION_POSTGRES_MIGRATE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/transaction/postgres/pg_store.h"
#include "services/transaction/postgres/session.h"

// Moves the schema from one version of the program to the next while replicas of both run.
//
// A migration only adds what the program before it can live with ("expand"); what that program
// still needed is removed by a later one, when it no longer runs ("contract"). So a roll-out can be
// rolled back. Each migration says by a line `-- Oldest program: N` of its head which version of
// the schema a program must know at least to run on it; without that line it is the one before.
//
// A migration runs in a transaction of its own, unless its head says `-- Outside a transaction`, as
// CREATE INDEX CONCURRENTLY needs: then its statements, which end at the end of a line, are sent
// one by one, and must be written so that they can be run again after a failure half-way.

namespace ledgercast::postgres {

struct Migration {
  int version;
  const char* name;
  const char* sql;
};

// The files of postgres/migrations in order, built into the program.
const std::vector<Migration>& Migrations();

struct MigrateOptions {
  const std::vector<Migration>* migrations = &Migrations();
  // Longest single wait for a lock that live replicas hold, since others queue up behind the wait.
  // Then it is tried again.
  absl::Duration lock_timeout = absl::Seconds(1);
  // Is asked before each further try.
  std::function<bool()> keep_trying = [] { return true; };
  // The role that gets what grants.sql says; "" leaves rights as they are. It must exist.
  std::string runtime_role = {};
  // Connects a second session, which watches what takes long; may be empty.
  std::function<absl::StatusOr<std::unique_ptr<Session>>()> connect_observer = nullptr;
};

// Brings the database up to the newest migration. Several programs may start at once: they take
// turns. `session` must be one without a statement timeout (see MigrateDatabase()).
//
// FAILED_PRECONDITION if this program is too old for the database, or if a migration was applied
// with other content than this program has; what a statement fails with otherwise. Such errors are
// final. UNAVAILABLE where the connection was lost or `keep_trying` said no.
absl::Status Migrate(Session* session, const MigrateOptions& options = MigrateOptions());

// Connects as `database` says, without its statement timeout, and migrates.
absl::Status MigrateDatabase(PgOptions database, MigrateOptions options);

// OK if this program can run on the schema as it is. UNAVAILABLE if the schema is older and has to
// be migrated first, FAILED_PRECONDITION as Migrate().
absl::Status CheckSchema(Session* session, const std::vector<Migration>& migrations = Migrations());

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_MIGRATE_H_
