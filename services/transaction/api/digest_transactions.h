#ifndef SERVICES_TRANSACTION_API_DIGEST_TRANSACTIONS_H_
#define SERVICES_TRANSACTION_API_DIGEST_TRANSACTIONS_H_

#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/common/ledger/visibility.h"
#include "services/transaction/store.h"

namespace ledgercast {

// Answers DigestTransactions. Reads page by page, so its memory is bounded whatever the length of
// the range. Blocks on the store. Ends with CANCELLED soon after `is_cancelled` returns true.
absl::Status DigestTransactions(const Viewer& viewer, std::string_view ledger,
                                const v1::DigestTransactionsRequest& request,
                                const std::function<bool()>& is_cancelled, Store* store,
                                v1::DigestTransactionsResponse* response);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_DIGEST_TRANSACTIONS_H_
