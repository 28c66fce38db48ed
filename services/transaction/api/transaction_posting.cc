// Implements the RPCs of TransactionService that post.

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "services/common/ledger/visibility.h"
#include "services/transaction/api/answer_size.h"
#include "services/transaction/api/read_postings.h"
#include "services/transaction/api/transaction_service.h"
#include "services/transaction/api/validate.h"
#include "services/transaction/posting/uuid.h"

namespace ledgercast {
namespace {

constexpr char kReplayedMetadata[] = "idempotency-replayed";

// Submits the only item of a call.
void Submit(Poster* poster, const grpc::CallbackServerContext& context, PostingItem item) {
  item.deadline = DeadlineOf(context);
  item.traceparent = CallContext::SpanOf(context).Traceparent();
  std::vector<PostingItem> items;
  items.push_back(std::move(item));
  poster->Submit(std::move(items));
}

// Returns a callback that answers with the only transaction of an item.
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

// Collects the results of a SubmitTransactions call. Each slot is written once, by the thread that
// has its answer, and the last one finishes the call.
class Results {
 public:
  Results(int count, Viewer viewer, v1::SubmitTransactionsResponse* response,
          SubmitRefusals* refusals, std::function<void()> finish)
      : missing_(count),
        viewer_(std::move(viewer)),
        refusals_(refusals),
        finish_(std::move(finish)) {
    for (int i = 0; i < count; ++i) slots_.push_back(response->add_results());
  }

  void Set(size_t index, absl::StatusOr<std::vector<Posted>> posted) {
    if (!posted.ok()) return SetError(index, ItemError(posted.status()));
    v1::SubmitResult* slot = slots_[index];
    slot->set_replayed(posted->front().replayed);
    *slot->mutable_transaction() = std::move(posted->front().transaction);
    Redact(viewer_, slot->mutable_transaction());
    Count();
  }

  void SetError(size_t index, google::rpc::Status error) {
    refusals_->Count(error);
    *slots_[index]->mutable_error() = std::move(error);
    Count();
  }

 private:
  void Count() {
    if (missing_.fetch_sub(1) == 1) finish_();
  }

  std::atomic<int> missing_;
  const Viewer viewer_;
  SubmitRefusals* const refusals_;
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
  const absl::Status status = ReadPosting(*caller, *request, deps_.clock(), &item);
  if (!status.ok()) return FinishWith(context, status);
  auto* reactor = context->DefaultReactor();
  item.done = FinishWithOne(context, reactor, caller->viewer(), response);
  Submit(deps_.poster, *context, std::move(item));
  return reactor;
}

grpc::ServerUnaryReactor* TransactionServiceImpl::BatchCreateTransactions(
    grpc::CallbackServerContext* context, const v1::BatchCreateTransactionsRequest* request,
    v1::BatchCreateTransactionsResponse* response) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return FinishWith(context, caller.status());
  PostingItem item;
  const absl::Status status = ReadBatch(*caller, *request, deps_.clock(), &item);
  if (!status.ok()) return FinishWith(context, status);
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
  Submit(deps_.poster, *context, std::move(item));
  return reactor;
}

grpc::ServerUnaryReactor* TransactionServiceImpl::SubmitTransactions(
    grpc::CallbackServerContext* context, const v1::SubmitTransactionsRequest* request,
    v1::SubmitTransactionsResponse* response) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return FinishWith(context, caller.status());
  SubmittedPostings postings;
  const absl::Status status = ReadSubmit(*caller, *request, deps_.clock(), &postings);
  if (!status.ok()) return FinishWith(context, status);
  auto* reactor = context->DefaultReactor();
  auto results = std::make_shared<Results>(
      request->requests_size(), caller->viewer(), response, deps_.submit_refusals,
      [reactor, pool = deps_.pool] {
        // To finish the call means to write megabytes, which must not happen on the poster's
        // thread.
        if (!pool->Submit([reactor] { reactor->Finish(grpc::Status::OK); })) {
          reactor->Finish(grpc::Status::OK);
        }
      });
  const std::string traceparent = CallContext::SpanOf(*context).Traceparent();
  std::vector<PostingItem> items;
  items.reserve(postings.items.size());
  for (auto& [index, item] : postings.items) {
    item.deadline = DeadlineOf(*context);
    item.traceparent = traceparent;
    item.done = [results, at = index](absl::StatusOr<std::vector<Posted>> posted) {
      results->Set(at, std::move(posted));
    };
    items.push_back(std::move(item));
  }
  // The call may end with its last answer, so `request` must not be used after this.
  if (!items.empty()) deps_.poster->Submit(std::move(items));
  for (auto& [index, error] : postings.errors) results->SetError(index, std::move(error));
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
    const CurrentSpan current(CallContext::SpanOf(*context));
    auto item = MakeReversal(caller, checked);
    if (!item.ok()) return reactor->Finish(ToGrpcStatus(item.status()));
    item->done = FinishWithOne(context, reactor, caller.viewer(), response);
    Submit(deps_.poster, *context, std::move(*item));
  });
  if (!taken) reactor->Finish(ToGrpcStatus(TooManyWaiting()));
  return reactor;
}

absl::StatusOr<PostingItem> TransactionServiceImpl::MakeReversal(
    const Identity& caller, const v1::ReverseTransactionRequest& request) {
  const auto original = deps_.store->GetTransactionById(request.id());
  if (!original.ok()) return original.status();
  if (!TakesPart(caller.viewer(), *original)) return TransactionNotFound(request.id());
  const absl::Status allowed = MayPost(caller, original->to_account());
  if (!allowed.ok()) return allowed;
  PostingItem item;
  Posting posting;
  posting.reverses = original->id();
  posting.caller = caller.subject;
  posting.sees_receiver = MaySeeAccount(caller.viewer(), original->from_account());
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
