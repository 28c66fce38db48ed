#ifndef SERVICES_TRANSACTION_API_READ_POSTINGS_H_
#define SERVICES_TRANSACTION_API_READ_POSTINGS_H_

// Turns requests into items for the poster. Before that it checks everything that does not need the
// ledger: the fields, the permission, and that clients will be able to receive the answer.

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/common/auth/identity.h"
#include "services/transaction/posting/posting_queue.h"

namespace ledgercast {

// Returns OK if `caller` may send from `from_account`, otherwise NOT_ALLOWED.
absl::Status MayPost(const Identity& caller, std::string_view from_account);

// Adds the transfer to `item`. Returns INVALID_FIELD or NOT_ALLOWED if it must not be posted.
absl::Status ReadPosting(const Identity& caller, const v1::CreateTransactionRequest& request,
                         absl::Time now, PostingItem* item);

// Adds all transfers of the batch to `item`. Errors carry the `index` of the request.
absl::Status ReadBatch(const Identity& caller, const v1::BatchCreateTransactionsRequest& request,
                       absl::Time now, PostingItem* item);

// The requests of a SubmitTransactions call, each with its index: the items that may be posted, and
// the errors of the other requests.
struct SubmittedPostings {
  std::vector<std::pair<size_t, PostingItem>> items;
  std::vector<std::pair<size_t, google::rpc::Status>> errors;
};

// Reads all requests of the call. A returned error is one of the whole call.
absl::Status ReadSubmit(const Identity& caller, const v1::SubmitTransactionsRequest& request,
                        absl::Time now, SubmittedPostings* postings);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_READ_POSTINGS_H_
