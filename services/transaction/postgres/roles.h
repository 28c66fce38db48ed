#ifndef SERVICES_TRANSACTION_POSTGRES_ROLES_H_
#define SERVICES_TRANSACTION_POSTGRES_ROLES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/transaction/postgres/connection.h"
#include "services/transaction/postgres/pg_store.h"

namespace ledgercast::postgres {

// A role of PostgreSQL as which one of our programs signs in.
struct DatabaseRole {
  std::string name;
  // A file of one line with the password. If it is empty, the role keeps its password, if it has
  // one.
  std::string password_file = {};
};

struct DatabaseRoles {
  // This role owns the database and everything in it, so it may change the tables.
  DatabaseRole owner;
  // The service runs as this role. Migrating grants it the rights that it needs (grants.sql).
  DatabaseRole runtime;
};

// Creates both roles in the cluster of the database that `superuser` connects to. If they exist,
// sets their rights again: to sign in, and nothing else. Then makes the owner role the owner of the
// database and of everything that `superuser` owns in the schema `public`. So a ledger that was
// created by a superuser needs none any more. This happens in one transaction, changes no row of
// the ledger, and may be repeated at any time.
//
// Returns INVALID_ARGUMENT for names that cannot be used, FAILED_PRECONDITION if `superuser` is not
// a superuser, and UNAVAILABLE also while somebody else migrates the database.
absl::Status MakeRoles(const PgOptions& superuser, const DatabaseRoles& roles);

// Returns whether the session's role may create tables. An owner may; the runtime role may not.
absl::StatusOr<bool> MayMakeTables(Connection* connection);

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_ROLES_H_
