#ifndef SERVICES_TRANSACTION_WARM_UP_H_
#define SERVICES_TRANSACTION_WARM_UP_H_

#include "absl/status/status.h"
#include "services/common/transaction_log.h"
#include "services/transaction/store.h"

namespace ledgercast {

// Brings the log to the ledger's head before anybody reads it: for a watcher "now" is its head.
absl::Status WarmUp(Store* store, int64_t page_transactions, TransactionLog* log);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_WARM_UP_H_
