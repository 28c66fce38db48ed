#ifndef SERVICES_TRANSACTION_POSTGRES_ROLES_H_
#define SERVICES_TRANSACTION_POSTGRES_ROLES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/transaction/postgres/pg_store.h"
#include "services/transaction/postgres/session.h"

namespace ledgercast::postgres {

// A role of PostgreSQL that a program of ours signs in as.
struct DatabaseRole {
  std::string name;
  // A file of one line. Empty: the role keeps the password that it has, or has none.
  std::string password_file = {};
};

struct DatabaseRoles {
  // Owns the database and all that is in it, so it may change the tables.
  DatabaseRole owner;
  // The role that the service runs as. Migrating grants it what it needs (grants.sql).
  DatabaseRole runtime;
};

// Makes both roles in the cluster of the database that `superuser` connects to, or gives them
// back the rights that they should have: to sign in, and nothing else. Then hands the database
// and whatever `superuser` owns in schema `public` over to the owner, so that a ledger which was
// made by a superuser needs none any more. Happens in one transaction, changes no row of the
// ledger, and may be repeated at any time.
//
// INVALID_ARGUMENT for names that cannot be used; FAILED_PRECONDITION if `superuser` is none;
// UNAVAILABLE also while somebody migrates the database.
absl::Status MakeRoles(const PgOptions& superuser, const DatabaseRoles& roles);

// Whether the session's role may make tables: an owner may, the runtime role may not.
absl::StatusOr<bool> MayMakeTables(Session* session);

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_ROLES_H_
