#ifndef SERVICES_TRANSACTION_POSTGRES_POSTING_SESSION_FACTORY_H_
#define SERVICES_TRANSACTION_POSTGRES_POSTING_SESSION_FACTORY_H_

#include "services/transaction/postgres/pg_store.h"
#include "services/transaction/store.h"

namespace ledgercast::postgres {

// Connects posters. A poster connects again after it has waited in vain for the fence. So
// connecting also ends the session of a replica that hangs while it holds the fence. Such a replica
// stopped while the server was sending to it, or half-way through what it was sending. (If it
// stopped between two statements, the server itself ends its session: see Connection::Connect().)
PostingSessionFactory MakePostingSessionFactory(const PgOptions& options);

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_POSTING_SESSION_FACTORY_H_
