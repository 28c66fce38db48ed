#include "services/transaction/api/transaction_service.h"

#include <utility>

#include "services/transaction/api/list_transactions.h"
#include "services/transaction/api/validate.h"
#include "services/transaction/posting/uuid.h"

namespace ledgercast {
namespace {

constexpr char kReplayedMetadata[] = "idempotency-replayed";

absl::Status MayPost(const Identity& caller, const v1::CreateTransactionRequest& request) {
  if (caller.role == Role::kAdmin) return absl::OkStatus();
  if (caller.role == Role::kMember && caller.subject == request.from_account()) {
    return absl::OkStatus();
  }
  return NotAllowed("you may post from your own account only");
}

bool TakesPart(const Viewer& viewer, const v1::Transaction& transaction) {
  return MaySeeAccount(viewer, transaction.from_account()) ||
         MaySeeAccount(viewer, transaction.to_account());
}

}  // namespace

grpc::ServerUnaryReactor* TransactionServiceImpl::CreateTransaction(
    grpc::CallbackServerContext* context, const v1::CreateTransactionRequest* request,
    v1::Transaction* response) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return FinishWith(context, caller.status());
  Poster::Item item;
  item.posting.request = *request;
  absl::Status status = ValidateCreateTransaction(&item.posting.request);
  if (status.ok()) status = MayPost(*caller, item.posting.request);
  if (!status.ok()) return FinishWith(context, status);

  item.chosen_id = !item.posting.request.id().empty();
  if (!item.chosen_id) item.posting.request.set_id(MakeUuidV7(deps_.clock()));
  item.posting.caller = caller->subject;
  item.deadline = DeadlineOf(*context);
  auto* reactor = context->DefaultReactor();
  item.done = [context, reactor, response,
               viewer = caller->viewer()](absl::StatusOr<Posted> posted) {
    if (posted.ok()) {
      if (posted->replayed) context->AddInitialMetadata(kReplayedMetadata, "true");
      *response = std::move(posted->transaction);
      Redact(viewer, response);
    }
    reactor->Finish(ToGrpcStatus(posted.status()));
  };
  deps_.poster->Submit(std::move(item));
  return reactor;
}

grpc::ServerUnaryReactor* TransactionServiceImpl::GetTransaction(
    grpc::CallbackServerContext* context, const v1::GetTransactionRequest* request,
    v1::Transaction* response) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return FinishWith(context, caller.status());
  const bool by_id = request->key_case() == v1::GetTransactionRequest::kId;
  const auto id = CanonicalUuid(request->id());
  if (by_id && !id) return FinishWith(context, InvalidField("id", "must be a UUID"));
  if (!by_id && request->sequence() <= 0) {
    return FinishWith(context, InvalidField("sequence", "must be above 0, or give an id"));
  }
  return FinishOnPool(context, deps_.pool, [=, this, viewer = caller->viewer()] {
    auto found = by_id ? deps_.store->GetTransactionById(*id)
                       : deps_.store->GetTransactionBySequence(request->sequence());
    if (!found.ok()) return found.status();
    if (!TakesPart(viewer, *found)) return NotAllowed("this transaction is not yours to see");
    *response = std::move(*found);
    Redact(viewer, response);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* TransactionServiceImpl::ListTransactions(
    grpc::CallbackServerContext* context, const v1::ListTransactionsRequest* request,
    v1::ListTransactionsResponse* response) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return FinishWith(context, caller.status());
  return FinishOnPool(context, deps_.pool, [=, this, viewer = caller->viewer()] {
    return ledgercast::ListTransactions(viewer, deps_.ledger, *request, deps_.store, response);
  });
}

grpc::ServerWriteReactor<v1::WatchTransactionsResponse>* TransactionServiceImpl::WatchTransactions(
    grpc::CallbackServerContext* context, const v1::WatchTransactionsRequest* request) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return deps_.watchers->Refuse(caller.status());
  return deps_.watchers->Start(*caller, *request);
}

}  // namespace ledgercast
