#ifndef SERVICES_TRANSACTION_POSTGRES_POSTING_SESSIONS_H_
#define SERVICES_TRANSACTION_POSTGRES_POSTING_SESSIONS_H_

#include "services/transaction/postgres/pg_store.h"
#include "services/transaction/store.h"

namespace ledgercast::postgres {

// Connects posters. A poster connects anew when it waited for the fence in vain. So this also ends
// the session of a replica that stands still with the fence: one that stopped while the server was
// sending to it, or half-way through what it sent itself. (The server itself ends one that stopped
// between two statements: see Session::Connect().)
PostingSessionFactory PostingSessions(const PgOptions& options);

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_POSTING_SESSIONS_H_
