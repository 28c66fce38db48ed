#ifndef SERVICES_TRANSACTION_API_LIST_TRANSACTIONS_H_
#define SERVICES_TRANSACTION_API_LIST_TRANSACTIONS_H_

#include <string_view>

#include "absl/status/status.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/common/ledger/visibility.h"
#include "services/transaction/store.h"

namespace ledgercast {

// Answers ListTransactions. Turns the request into a TransactionQuery, with a closed list of
// fields, and the result into a page with its token. Blocks on the store.
absl::Status ListTransactions(const Viewer& viewer, std::string_view ledger,
                              const v1::ListTransactionsRequest& request, Store* store,
                              v1::ListTransactionsResponse* response);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_LIST_TRANSACTIONS_H_
