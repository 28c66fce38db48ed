#ifndef SERVICES_TRANSACTION_API_READ_POSTINGS_H_
#define SERVICES_TRANSACTION_API_READ_POSTINGS_H_

// Turns requests into what the poster takes, once everything was checked that needs nothing of
// the ledger: fields, permission, and that the answer will be short enough to be read.

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/common/auth/identity.h"
#include "services/transaction/posting/posting_queue.h"

namespace ledgercast {

// Returns NOT_ALLOWED unless `caller` may send from `from_account`.
absl::Status MayPost(const Identity& caller, std::string_view from_account);

// Adds the transfer to `item`. INVALID_FIELD, NOT_ALLOWED.
absl::Status ReadPosting(const Identity& caller, const v1::CreateTransactionRequest& request,
                         absl::Time now, PostingItem* item);

// Puts all transfers of the batch into `item`. Errors carry the `index` of the request.
absl::Status ReadBatch(const Identity& caller, const v1::BatchCreateTransactionsRequest& request,
                       absl::Time now, PostingItem* item);

// The requests of a SubmitTransactions call, each with its index: those that may be posted, and
// the errors of the others.
struct SubmittedPostings {
  std::vector<std::pair<size_t, PostingItem>> items;
  std::vector<std::pair<size_t, google::rpc::Status>> errors;
};

// Reads all requests of the call. An error is one of the whole call.
absl::Status ReadSubmit(const Identity& caller, const v1::SubmitTransactionsRequest& request,
                        absl::Time now, SubmittedPostings* postings);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_READ_POSTINGS_H_
