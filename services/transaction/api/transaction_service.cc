#include "services/transaction/api/transaction_service.h"

#include <utility>

#include "services/transaction/api/digest_transactions.h"
#include "services/transaction/api/list_transactions.h"
#include "services/transaction/api/validate.h"
#include "services/transaction/posting/uuid.h"

namespace ledgercast {
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
    if (!TakesPart(viewer, *found)) {
      return TransactionNotFound(by_id ? *id : std::to_string(request->sequence()));
    }
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

grpc::ServerUnaryReactor* TransactionServiceImpl::DigestTransactions(
    grpc::CallbackServerContext* context, const v1::DigestTransactionsRequest* request,
    v1::DigestTransactionsResponse* response) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return FinishWith(context, caller.status());
  if (!request->account().empty() && !IsAccountName(request->account())) {
    return FinishWith(context, InvalidField("account", "must be the name of an account"));
  }
  return FinishOnPool(context, deps_.digest_pool, [=, this, viewer = caller->viewer()] {
    return ledgercast::DigestTransactions(
        viewer, deps_.ledger, *request, [context] { return context->IsCancelled(); }, deps_.store,
        response);
  });
}

grpc::ServerWriteReactor<v1::WatchTransactionsResponse>* TransactionServiceImpl::WatchTransactions(
    grpc::CallbackServerContext* context, const v1::WatchTransactionsRequest* request) {
  const auto caller = Authenticate(*context, *deps_.verifier);
  if (!caller.ok()) return deps_.watches->Refuse(caller.status());
  return deps_.watches->Start(*caller, *request);
}

}  // namespace ledgercast
