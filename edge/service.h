#ifndef EDGE_SERVICE_H_
#define EDGE_SERVICE_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "ledgercast/v1/account.pb.h"
#include "ledgercast/v1/auth.pb.h"
#include "ledgercast/v1/transaction.pb.h"

namespace ledgercast {

// What the edge asks of the transaction service for its clients, with their own tokens:
// the service decides what they may do. Thread-safe; each call has a deadline, and its
// answer comes once, on any thread.
class Service {
 public:
  template <typename T>
  using Done = std::function<void(absl::StatusOr<T>)>;

  struct Created {
    v1::Transaction transaction;
    // It was posted before, under the same id.
    bool replayed = false;
  };

  virtual ~Service() = default;

  virtual void IssueToken(v1::IssueTokenRequest request, Done<v1::IssueTokenResponse> done) = 0;
  virtual void RefreshToken(v1::RefreshTokenRequest request,
                            Done<v1::RefreshTokenResponse> done) = 0;
  virtual void CreateTransaction(std::string token, v1::CreateTransactionRequest request,
                                 Done<Created> done) = 0;
  virtual void GetTransaction(std::string token, v1::GetTransactionRequest request,
                              Done<v1::Transaction> done) = 0;
  virtual void ListTransactions(std::string token, v1::ListTransactionsRequest request,
                                Done<v1::ListTransactionsResponse> done) = 0;
  virtual void GetAccount(std::string token, v1::GetAccountRequest request,
                          Done<v1::Account> done) = 0;
  virtual void ListAccounts(std::string token, v1::ListAccountsRequest request,
                            Done<v1::ListAccountsResponse> done) = 0;
};

}  // namespace ledgercast

#endif  // EDGE_SERVICE_H_
