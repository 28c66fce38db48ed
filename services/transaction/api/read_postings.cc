#include "services/transaction/api/read_postings.h"

#include <string>

#include "absl/container/flat_hash_map.h"
#include "services/common/base/errors.h"
#include "services/common/base/rpc_status.h"
#include "services/common/ledger/visibility.h"
#include "services/transaction/api/answer_size.h"
#include "services/transaction/api/call.h"
#include "services/transaction/api/validate.h"
#include "services/transaction/posting/limits.h"
#include "services/transaction/posting/uuid.h"

namespace ledgercast {
namespace {

constexpr int kMaxBatchRequests = 1'000;
constexpr int kMaxSubmitRequests = 8'000;

absl::Status CheckCount(int count, int max_requests) {
  if (count == 0) return InvalidField("requests", "must hold at least one");
  if (count <= max_requests) return absl::OkStatus();
  return InvalidField(
      "requests", "holds " + std::to_string(count) + ", more than " + std::to_string(max_requests));
}

// Checks the transfers of a batch against each other. Each of them is valid by itself.
class BatchChecker {
 public:
  // Checks `posting`, which is the next one of the batch.
  absl::Status Add(const Posting& posting) {
    const v1::CreateTransactionRequest& request = posting.request;
    const auto [first, is_new] = ids_.try_emplace(request.id(), count_++);
    if (!is_new) {
      return InvalidField("id", "is that of requests[" + std::to_string(first->second) +
                                    "] as well; each transfer has its own");
    }
    if (posting.sees_receiver) return absl::OkStatus();
    // All of them together may be at most what one transfer may be: see rule 6 of decide.h.
    int64_t& sent = sent_[request.to_account()];
    if (request.amount() > kMaxAmount - sent) {
      return InvalidField("amount", "and what else the batch sends to '" + request.to_account() +
                                        "' may come to " + std::to_string(kMaxAmount) +
                                        " together");
    }
    sent += request.amount();
    return absl::OkStatus();
  }

 private:
  size_t count_ = 0;
  absl::flat_hash_map<std::string, size_t> ids_;
  // The sum of the amounts by receiver.
  absl::flat_hash_map<std::string, int64_t> sent_;
};

}  // namespace

absl::Status MayPost(const Identity& caller, std::string_view from_account) {
  if (caller.role == Role::kAdmin) return absl::OkStatus();
  if (caller.role == Role::kMember && IsAmong(caller.accounts, from_account))
    return absl::OkStatus();
  return NotAllowed("you may post from your own account only");
}

absl::Status ReadPosting(const Identity& caller, const v1::CreateTransactionRequest& request,
                         absl::Time now, PostingItem* item) {
  Posting posting;
  posting.request = request;
  absl::Status status = ValidateCreateTransaction(&posting.request);
  if (status.ok()) status = MayPost(caller, request.from_account());
  if (!status.ok()) return status;
  if (posting.request.id().empty()) {
    posting.request.set_id(MakeUuidV7(now));
  } else {
    item->chosen_ids = true;
  }
  posting.caller = caller.subject;
  posting.sees_receiver = MaySeeAccount(caller.viewer(), request.to_account());
  item->unit.push_back(std::move(posting));
  return absl::OkStatus();
}

absl::Status ReadBatch(const Identity& caller, const v1::BatchCreateTransactionsRequest& request,
                       absl::Time now, PostingItem* item) {
  absl::Status status = CheckCount(request.requests_size(), kMaxBatchRequests);
  if (!status.ok()) return status;
  BatchChecker checker;
  std::vector<int64_t> bytes;
  for (const v1::CreateTransactionRequest& one : request.requests()) {
    status = one.validate_only() == request.requests(0).validate_only()
                 ? ReadPosting(caller, one, now, item)
                 : InvalidField("validate_only", "must be the same in all requests of a batch");
    if (status.ok()) status = checker.Add(item->unit.back());
    if (!status.ok()) return AtIndex(status, "requests", bytes.size());
    bytes.push_back(MaxTransactionBytes(one));
  }
  return CheckAnswerFits(bytes);
}

absl::Status ReadSubmit(const Identity& caller, const v1::SubmitTransactionsRequest& request,
                        absl::Time now, SubmittedPostings* postings) {
  absl::Status status = CheckCount(request.requests_size(), kMaxSubmitRequests);
  if (!status.ok()) return status;
  std::vector<int64_t> bytes;
  for (const v1::CreateTransactionRequest& one : request.requests()) {
    PostingItem item;
    const absl::Status valid = ReadPosting(caller, one, now, &item);
    if (valid.ok()) {
      postings->items.emplace_back(bytes.size(), std::move(item));
      bytes.push_back(MaxResultBytes(one));
    } else {
      postings->errors.emplace_back(bytes.size(), ToStatusProto(valid));
      bytes.push_back(ResultBytes(postings->errors.back().second));
    }
  }
  return CheckAnswerFits(bytes);
}

}  // namespace ledgercast
