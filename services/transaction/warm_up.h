#ifndef SERVICES_TRANSACTION_WARM_UP_H_
#define SERVICES_TRANSACTION_WARM_UP_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/common/ledger/transaction_log.h"
#include "services/transaction/store.h"

namespace ledgercast {

struct WarmLedger {
  std::string name;
  // The newest transactions of the ledger, up to its head. The log's head is "now" for a watcher.
  std::unique_ptr<TransactionLog> log;
};

// Reads the ledger's name and its newest `transactions` from `store`, in pages, before anybody is
// served. May be called again after UNAVAILABLE.
absl::StatusOr<WarmLedger> WarmUp(Store* store, int64_t transactions, int64_t page_transactions,
                                  const TransactionLog::Options& options);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_WARM_UP_H_
