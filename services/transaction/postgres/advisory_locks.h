#ifndef SERVICES_TRANSACTION_POSTGRES_ADVISORY_LOCKS_H_
#define SERVICES_TRANSACTION_POSTGRES_ADVISORY_LOCKS_H_

#include <cstdint>

namespace ledgercast::postgres {

// The keys of the advisory locks of PostgreSQL that Ledgercast takes. The numbers have no meaning;
// they only have to differ from those of other programs in the same database.

// A session that changes the schema or its roles holds this lock.
inline constexpr int64_t kSchemaLock = 7810755305379951476;
// A session that appends to the ledger holds this lock. The schema's function lock_ledger() takes
// it and contains the number as well (in migration V004, which cannot change any more).
inline constexpr int64_t kLedgerLock = 7810755305379951477;

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_ADVISORY_LOCKS_H_
