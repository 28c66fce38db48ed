#ifndef SERVICES_TRANSACTION_API_ANSWER_SIZE_H_
#define SERVICES_TRANSACTION_API_ANSWER_SIZE_H_

// Computes how large the answer to a request that posts can become. By default, gRPC's clients
// refuse messages above 4 MiB, but what was posted by then stays posted. So a request whose answer
// could be larger is refused before anything is posted.

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"
#include "ledgercast/v1/transaction.pb.h"

namespace ledgercast {

// Maximum number of bytes in an answer of any RPC.
inline constexpr int64_t kMaxAnswerBytes = 4'000'000;

// Maximum number of bytes in the error of one request among many, after validation.
inline constexpr int64_t kMaxItemErrorBytes = 480;

// Returns the largest number of bytes that the transaction of `request` can take in an answer.
int64_t MaxTransactionBytes(const v1::CreateTransactionRequest& request);

// Does the same for a SubmitResult with that transaction or with an error of kMaxItemErrorBytes.
int64_t MaxResultBytes(const v1::CreateTransactionRequest& request);

// Returns the number of bytes that a SubmitResult with `error` takes in an answer.
int64_t ResultBytes(const google::rpc::Status& error);

// Returns `status` as the error of one request among many. Its message is cut so that the error
// takes at most kMaxItemErrorBytes.
google::rpc::Status ItemError(const absl::Status& status);

// Returns OK if an answer whose elements have at most these `bytes` fits into kMaxAnswerBytes.
// Otherwise returns INVALID_FIELD for `requests`. The message and the metadata `fits` say how many
// of the first elements fit.
absl::Status CheckAnswerFits(const std::vector<int64_t>& bytes);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_ANSWER_SIZE_H_
