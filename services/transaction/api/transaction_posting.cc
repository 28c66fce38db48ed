// The RPCs of TransactionService that post.

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "services/transaction/api/transaction_service.h"
#include "services/transaction/api/validate.h"
#include "services/transaction/posting/uuid.h"

namespace ledgercast {
namespace {

constexpr char kReplayedMetadata[] = "idempotency-replayed";
constexpr int kMaxBatchRequests = 1'000;
constexpr int kMaxSubmitRequests = 8'000;

absl::Status MayPost(const Identity& caller, std::string_view from_account) {
  if (caller.role == Role::kAdmin) return absl::OkStatus();
  if (caller.role == Role::kMember && IsAmong(caller.accounts, from_account))
    return absl::OkStatus();
  return NotAllowed("you may post from your own account only");
}

absl::Status CheckCount(int count, int max_requests) {
  if (count == 0) return InvalidField("requests", "must hold at least one");
  if (count <= max_requests) return absl::OkStatus();
  return InvalidField(
      "requests", "holds " + std::to_string(count) + ", more than " + std::to_string(max_requests));
}

// Checks `request` and adds it to `item`.
absl::Status AddPosting(const Identity& caller, const v1::CreateTransactionRequest& request,
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
  item->unit.push_back(std::move(posting));
  return absl::OkStatus();
}

void Submit(Poster* poster, PostingItem item) {
  std::vector<PostingItem> items;
  items.push_back(std::move(item));
  poster->Submit(std::move(items));
}

// Answers with the one transaction of the item.
std::function<void(absl::StatusOr<std::vector<Posted>>)> FinishWithOne(
    grpc::CallbackServerContext* context, grpc::ServerUnaryReactor* reactor, const Viewer& viewer,
    v1::Transaction* response) {
  return [=](absl::StatusOr<std::vector<Posted>> posted) {
    if (posted.ok()) {
      if (posted->front().replayed) context->AddInitialMetadata(kReplayedMetadata, "true");
      *response = std::move(posted->front().transaction);
      Redact(viewer, response);
    }
    reactor->Finish(ToGrpcStatus(posted.status()));
  };
}

// The results of a SubmitTransactions call as they come in; each slot is written once, by
// whoever has its answer, and the last one finishes the call.
class Results {
 public:
  Results(int count, Viewer viewer, v1::SubmitTransactionsResponse* response,
          std::function<void()> finish)
      : missing_(count), viewer_(std::move(viewer)), finish_(std::move(finish)) {
    for (int i = 0; i < count; ++i) slots_.push_back(response->add_results());
  }

  void Set(size_t index, absl::StatusOr<std::vector<Posted>> posted) {
    v1::SubmitResult* slot = slots_[index];
    if (posted.ok()) {
      slot->set_replayed(posted->front().replayed);
      *slot->mutable_transaction() = std::move(posted->front().transaction);
      Redact(viewer_, slot->mutable_transaction());
    } else {
      *slot->mutable_error() = ToStatusProto(posted.status());
    }
    if (missing_.fetch_sub(1) == 1) finish_();
  }

 private:
  std::atomic<int> missing_;
  const Viewer viewer_;
  const std::function<void()> finish_;
  std::vector<v1::SubmitResult*> slots_;
};

}  // namespace

grpc::ServerUnaryReactor* TransactionServiceImpl::CreateTransaction(
    grpc::CallbackServerContext* context, const v1::CreateTransactionRequest* request,
    v1::Transaction* response) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return FinishWith(context, caller.status());
  PostingItem item;
  const absl::Status status = AddPosting(*caller, *request, deps_.clock(), &item);
  if (!status.ok()) return FinishWith(context, status);
  item.deadline = DeadlineOf(*context);
  auto* reactor = context->DefaultReactor();
  item.done = FinishWithOne(context, reactor, caller->viewer(), response);
  Submit(deps_.poster, std::move(item));
  return reactor;
}

grpc::ServerUnaryReactor* TransactionServiceImpl::BatchCreateTransactions(
    grpc::CallbackServerContext* context, const v1::BatchCreateTransactionsRequest* request,
    v1::BatchCreateTransactionsResponse* response) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return FinishWith(context, caller.status());
  absl::Status status = CheckCount(request->requests_size(), kMaxBatchRequests);
  PostingItem item;
  const absl::Time now = deps_.clock();
  for (int i = 0; status.ok() && i < request->requests_size(); ++i) {
    const v1::CreateTransactionRequest& one = request->requests(i);
    status = one.validate_only() == request->requests(0).validate_only()
                 ? AddPosting(*caller, one, now, &item)
                 : InvalidField("validate_only", "must be the same in all requests of a batch");
    if (!status.ok()) status = AtIndex(status, "requests", static_cast<size_t>(i));
  }
  if (!status.ok()) return FinishWith(context, status);
  item.deadline = DeadlineOf(*context);
  auto* reactor = context->DefaultReactor();
  item.done = [=, viewer = caller->viewer()](absl::StatusOr<std::vector<Posted>> posted) {
    if (posted.ok()) {
      bool replayed = true;
      for (Posted& one : *posted) {
        replayed = replayed && one.replayed;
        Redact(viewer, &one.transaction);
        *response->add_transactions() = std::move(one.transaction);
      }
      if (replayed) context->AddInitialMetadata(kReplayedMetadata, "true");
    }
    reactor->Finish(ToGrpcStatus(posted.status()));
  };
  Submit(deps_.poster, std::move(item));
  return reactor;
}

grpc::ServerUnaryReactor* TransactionServiceImpl::SubmitTransactions(
    grpc::CallbackServerContext* context, const v1::SubmitTransactionsRequest* request,
    v1::SubmitTransactionsResponse* response) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return FinishWith(context, caller.status());
  const absl::Status status = CheckCount(request->requests_size(), kMaxSubmitRequests);
  if (!status.ok()) return FinishWith(context, status);
  auto* reactor = context->DefaultReactor();
  auto results = std::make_shared<Results>(
      request->requests_size(), caller->viewer(), response, [reactor, pool = deps_.pool] {
        // Megabytes are written as the call finishes: not on the poster's thread.
        if (!pool->Submit([reactor] { reactor->Finish(grpc::Status::OK); })) {
          reactor->Finish(grpc::Status::OK);
        }
      });
  const absl::Time now = deps_.clock();
  const absl::Time deadline = DeadlineOf(*context);
  std::vector<PostingItem> items;
  std::vector<std::pair<size_t, absl::Status>> refused;
  for (size_t i = 0; i < static_cast<size_t>(request->requests_size()); ++i) {
    PostingItem item;
    const absl::Status valid =
        AddPosting(*caller, request->requests(static_cast<int>(i)), now, &item);
    if (!valid.ok()) {
      refused.emplace_back(i, valid);
      continue;
    }
    item.deadline = deadline;
    item.done = [results, i](absl::StatusOr<std::vector<Posted>> posted) {
      results->Set(i, std::move(posted));
    };
    items.push_back(std::move(item));
  }
  // The call may be over with the last answer: `request` is not touched after this.
  if (!items.empty()) deps_.poster->Submit(std::move(items));
  for (const auto& [index, error] : refused) results->Set(index, error);
  return reactor;
}

grpc::ServerUnaryReactor* TransactionServiceImpl::ReverseTransaction(
    grpc::CallbackServerContext* context, const v1::ReverseTransactionRequest* request,
    v1::Transaction* response) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return FinishWith(context, caller.status());
  v1::ReverseTransactionRequest checked = *request;
  const absl::Status valid = ValidateReverseTransaction(&checked);
  if (!valid.ok()) return FinishWith(context, valid);
  auto* reactor = context->DefaultReactor();
  const bool taken = deps_.pool->Submit([=, this, caller = *caller, checked = std::move(checked)] {
    auto item = MakeReversal(caller, checked);
    if (!item.ok()) return reactor->Finish(ToGrpcStatus(item.status()));
    item->deadline = DeadlineOf(*context);
    item->done = FinishWithOne(context, reactor, caller.viewer(), response);
    Submit(deps_.poster, std::move(*item));
  });
  if (!taken) reactor->Finish(ToGrpcStatus(TooManyWaiting()));
  return reactor;
}

absl::StatusOr<PostingItem> TransactionServiceImpl::MakeReversal(
    const Identity& caller, const v1::ReverseTransactionRequest& request) {
  const auto original = deps_.store->GetTransactionById(request.id());
  if (!original.ok()) return original.status();
  const absl::Status allowed = MayPost(caller, original->to_account());
  if (!allowed.ok()) return allowed;
  PostingItem item;
  Posting posting;
  posting.reverses = original->id();
  posting.caller = caller.subject;
  item.chosen_ids = !request.reversal_id().empty();
  posting.request.set_id(item.chosen_ids ? request.reversal_id() : MakeUuidV7(deps_.clock()));
  posting.request.set_from_account(original->to_account());
  posting.request.set_to_account(original->from_account());
  posting.request.set_amount(original->amount());
  posting.request.set_description(request.description());
  *posting.request.mutable_metadata() = request.metadata();
  posting.request.set_validate_only(request.validate_only());
  item.unit.push_back(std::move(posting));
  return item;
}

}  // namespace ledgercast
