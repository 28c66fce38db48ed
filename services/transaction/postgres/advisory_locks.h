#ifndef SERVICES_TRANSACTION_POSTGRES_ADVISORY_LOCKS_H_
#define SERVICES_TRANSACTION_POSTGRES_ADVISORY_LOCKS_H_

#include <cstdint>

namespace ledgercast::postgres {

// The keys of PostgreSQL's advisory locks that Ledgercast takes. The numbers mean
// nothing; they only have to be others than those of other programs in the same database.

// Whoever changes the schema or its roles holds this one.
inline constexpr int64_t kSchemaLock = 7810755305379951476;
// Whoever appends to the ledger holds this one. The schema's function lock_ledger() takes it and
// has the number as well (migration V004, which cannot change any more).
inline constexpr int64_t kLedgerLock = 7810755305379951477;

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_ADVISORY_LOCKS_H_
