#ifndef SERVICES_TRANSACTION_POSTGRES_SERVER_CHECK_H_
#define SERVICES_TRANSACTION_POSTGRES_SERVER_CHECK_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/transaction/postgres/pg_store.h"

namespace ledgercast::postgres {

// Returns what an operator should know of the PostgreSQL behind `session`, one sentence each:
// settings by which it can lose what it committed (fsync, full_page_writes), and a role that could
// change history.
absl::StatusOr<std::vector<std::string>> ServerWarnings(Session* session);

// Returns FAILED_PRECONDITION if `options` lead to a pooler that gives a connection's statements to
// several sessions of the server (pgbouncer with pool_mode=transaction): then settings, prepared
// statements and LISTEN are lost between them. It opens two connections and sees whether both are
// served by one session.
absl::Status CheckNoPooler(const PgOptions& options);

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_SERVER_CHECK_H_
