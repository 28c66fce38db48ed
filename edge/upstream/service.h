#ifndef EDGE_UPSTREAM_SERVICE_H_
#define EDGE_UPSTREAM_SERVICE_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "edge/delivery/call_off.h"
#include "ledgercast/v1/account.pb.h"
#include "ledgercast/v1/auth.pb.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/common/base/call_ids.h"

namespace ledgercast {

// Says for whom a call is made, and which request and trace it is part of.
struct Caller {
  // Makes a caller without ids; the service then chooses them.
  Caller(std::string its_token) : token(std::move(its_token)) {}  // NOLINT: a token will do
  Caller(std::string its_token, CallIds its_ids)
      : token(std::move(its_token)), ids(std::move(its_ids)) {}

  // It is empty for calls that need no token.
  std::string token;
  CallIds ids;
  // Numeric address of a client that has no token, with or without a port. Clients without a token
  // share limits by address, so the edge tells the service the address.
  std::string address;
  // It is null if nobody can cancel the call.
  std::shared_ptr<CallOff> call_off = nullptr;
};

// Makes the calls to the transaction service that the edge's clients ask for. They are made with
// the clients' own tokens, so the service decides what a client may do. Thread-safe. Each call has
// a deadline, and its answer comes once, on any thread.
class Service {
 public:
  template <typename T>
  using Done = std::function<void(absl::StatusOr<T>)>;

  struct Created {
    v1::Transaction transaction;
    // True if it was posted before, under the same id.
    bool replayed = false;
  };

  virtual ~Service() = default;

  virtual void IssueToken(Caller caller, v1::IssueTokenRequest request,
                          Done<v1::IssueTokenResponse> done) = 0;
  virtual void RefreshToken(Caller caller, v1::RefreshTokenRequest request,
                            Done<v1::RefreshTokenResponse> done) = 0;
  virtual void CreateTransaction(Caller caller, v1::CreateTransactionRequest request,
                                 Done<Created> done) = 0;
  virtual void GetTransaction(Caller caller, v1::GetTransactionRequest request,
                              Done<v1::Transaction> done) = 0;
  virtual void ListTransactions(Caller caller, v1::ListTransactionsRequest request,
                                Done<v1::ListTransactionsResponse> done) = 0;
  virtual void DigestTransactions(Caller caller, v1::DigestTransactionsRequest request,
                                  Done<v1::DigestTransactionsResponse> done) = 0;
  virtual void GetAccount(Caller caller, v1::GetAccountRequest request, Done<v1::Account> done) = 0;
  virtual void ListAccounts(Caller caller, v1::ListAccountsRequest request,
                            Done<v1::ListAccountsResponse> done) = 0;
};

}  // namespace ledgercast

#endif  // EDGE_UPSTREAM_SERVICE_H_
