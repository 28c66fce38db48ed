#ifndef SERVICES_TRANSACTION_API_ANSWER_SIZE_H_
#define SERVICES_TRANSACTION_API_ANSWER_SIZE_H_

// Computes how large the answer to a request that posts can become. gRPC's clients refuse messages
// above 4 MiB unless they are told otherwise, and what was posted by then stays posted. So a
// request whose answer could be larger is refused before anything is posted.

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

// Returns an upper bound of what the transaction of `request` takes in an answer.
int64_t MaxTransactionBytes(const v1::CreateTransactionRequest& request);

// Does the same for a SubmitResult with that transaction, or with an error of kMaxItemErrorBytes.
int64_t MaxResultBytes(const v1::CreateTransactionRequest& request);

// Returns what a SubmitResult that holds `error` takes in an answer.
int64_t ResultBytes(const google::rpc::Status& error);

// Returns `status` as the error of one request among many, its message cut so that it takes at most
// kMaxItemErrorBytes.
google::rpc::Status ItemError(const absl::Status& status);

// OK if an answer with elements of at most `bytes` each fits kMaxAnswerBytes. Else returns
// INVALID_FIELD for `requests`, which says how many of the first ones fit, also in the metadata
// `fits`.
absl::Status CheckAnswerFits(const std::vector<int64_t>& bytes);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_ANSWER_SIZE_H_
