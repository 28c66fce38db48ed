#ifndef SERVICES_TRANSACTION_API_ANSWER_SIZE_H_
#define SERVICES_TRANSACTION_API_ANSWER_SIZE_H_

// How large the answer to a request that posts can become. gRPC's clients refuse messages above
// 4 MiB unless they are told otherwise, and what was posted by then stays posted: so a request
// whose answer could be larger is refused before anything is posted.

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"
#include "ledgercast/v1/transaction.pb.h"

namespace ledgercast {

// Most bytes of one answer of any RPC.
inline constexpr int64_t kMaxAnswerBytes = 4'000'000;

// Most bytes of the error of one request among many that has passed validation.
inline constexpr int64_t kMaxItemErrorBytes = 480;

// An upper bound of what the transaction takes in an answer that `request` is posted as.
int64_t MaxTransactionBytes(const v1::CreateTransactionRequest& request);

// The same for a SubmitResult with that transaction, or with an error of kMaxItemErrorBytes.
int64_t MaxResultBytes(const v1::CreateTransactionRequest& request);

// What a SubmitResult takes in an answer that holds `error`.
int64_t ResultBytes(const google::rpc::Status& error);

// `status` as the error of one request among many; its message is cut where it would be longer
// than kMaxItemErrorBytes.
google::rpc::Status ItemError(const absl::Status& status);

// OK if an answer with elements of at most `bytes` each fits kMaxAnswerBytes. Else INVALID_FIELD
// for `requests`, which says how many of the first ones fit, also in the metadata `fits`.
absl::Status CheckAnswerFits(const std::vector<int64_t>& bytes);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_ANSWER_SIZE_H_
