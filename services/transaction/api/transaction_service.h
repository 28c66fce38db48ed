#ifndef SERVICES_TRANSACTION_API_TRANSACTION_SERVICE_H_
#define SERVICES_TRANSACTION_API_TRANSACTION_SERVICE_H_

#include <string>

#include "ledgercast/v1/transaction.grpc.pb.h"
#include "services/transaction/api/call.h"
#include "services/transaction/api/submit_refusals.h"
#include "services/transaction/api/watches.h"
#include "services/transaction/posting/poster.h"
#include "services/transaction/store.h"

namespace ledgercast {

// Serves the RPCs of TransactionService. Checks run in one order everywhere: token, fields,
// permission, then the ledger (existence, funds). So an answer never reveals what the caller may
// not see.
//
// Threads: gRPC's threads call the methods, and nothing here blocks them.
class TransactionServiceImpl final : public v1::TransactionService::CallbackService {
 public:
  // Everything must outlive the server.
  struct Dependencies {
    VerifierPtr verifier;
    Store* store;
    Poster* poster;
    WorkerPool* pool;
    // Runs digests on a few separate threads, because a digest of a long range takes long.
    WorkerPool* digest_pool;
    Watches* watches;
    SubmitRefusals* submit_refusals;
    std::string ledger;
    Clock clock;
  };

  explicit TransactionServiceImpl(Dependencies dependencies) : deps_(std::move(dependencies)) {}

  grpc::ServerUnaryReactor* CreateTransaction(grpc::CallbackServerContext* context,
                                              const v1::CreateTransactionRequest* request,
                                              v1::Transaction* response) override;
  grpc::ServerUnaryReactor* BatchCreateTransactions(
      grpc::CallbackServerContext* context, const v1::BatchCreateTransactionsRequest* request,
      v1::BatchCreateTransactionsResponse* response) override;
  grpc::ServerUnaryReactor* SubmitTransactions(grpc::CallbackServerContext* context,
                                               const v1::SubmitTransactionsRequest* request,
                                               v1::SubmitTransactionsResponse* response) override;
  grpc::ServerUnaryReactor* ReverseTransaction(grpc::CallbackServerContext* context,
                                               const v1::ReverseTransactionRequest* request,
                                               v1::Transaction* response) override;
  grpc::ServerUnaryReactor* GetTransaction(grpc::CallbackServerContext* context,
                                           const v1::GetTransactionRequest* request,
                                           v1::Transaction* response) override;
  grpc::ServerUnaryReactor* ListTransactions(grpc::CallbackServerContext* context,
                                             const v1::ListTransactionsRequest* request,
                                             v1::ListTransactionsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchTransactionsResponse>* WatchTransactions(
      grpc::CallbackServerContext* context, const v1::WatchTransactionsRequest* request) override;
  grpc::ServerUnaryReactor* DigestTransactions(grpc::CallbackServerContext* context,
                                               const v1::DigestTransactionsRequest* request,
                                               v1::DigestTransactionsResponse* response) override;

 private:
  // Returns the item to post for `request`, after the named transaction was found and the caller
  // may reverse it. Blocks on the store.
  absl::StatusOr<PostingItem> MakeReversal(const Identity& caller,
                                           const v1::ReverseTransactionRequest& request);

  const Dependencies deps_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_TRANSACTION_SERVICE_H_
