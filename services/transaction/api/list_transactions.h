#ifndef SERVICES_TRANSACTION_API_LIST_TRANSACTIONS_H_
#define SERVICES_TRANSACTION_API_LIST_TRANSACTIONS_H_

#include <string_view>

#include "absl/status/status.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/common/visibility.h"
#include "services/transaction/store.h"

namespace ledgercast {

// ListTransactions: from the request to a TransactionQuery over a closed list of fields,
// and from what that found to a page with its token. Blocks on the store.
absl::Status ListTransactions(const Viewer& viewer, std::string_view ledger,
                              const v1::ListTransactionsRequest& request, Store* store,
                              v1::ListTransactionsResponse* response);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_LIST_TRANSACTIONS_H_
