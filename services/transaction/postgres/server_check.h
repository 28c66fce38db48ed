#ifndef SERVICES_TRANSACTION_POSTGRES_SERVER_CHECK_H_
#define SERVICES_TRANSACTION_POSTGRES_SERVER_CHECK_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/transaction/postgres/pg_store.h"

namespace ledgercast::postgres {

// Returns warnings about the PostgreSQL server behind `session`, one sentence each. They concern
// settings with which it can lose commits (fsync, full_page_writes), and a role that could change
// history.
absl::StatusOr<std::vector<std::string>> ServerWarnings(Connection* connection);

// Returns FAILED_PRECONDITION if `options` lead to a pooler that spreads the statements of one
// connection over several sessions of the server (pgbouncer with pool_mode=transaction). With it,
// settings, prepared statements and LISTEN would be lost between statements. This opens two
// connections and checks whether one session serves both.
absl::Status CheckNoPooler(const PgOptions& options);

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_SERVER_CHECK_H_
