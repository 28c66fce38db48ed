#ifndef SERVICES_CLI_SERVICE_CLIENT_H_
#define SERVICES_CLI_SERVICE_CLIENT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "ledgercast/v1/account.pb.h"
#include "ledgercast/v1/audit.pb.h"
#include "ledgercast/v1/auth.pb.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/cli/tokens.h"
#include "services/common/base/tls_files.h"

namespace ledgercast::cli {

// Calls the transaction service for one caller. It is the only class of this program that uses
// gRPC. Each call except Watch() takes a bounded time. Errors come from the service, or are
// UNAVAILABLE / SERVICE_UNAVAILABLE with its address. If the service refuses the token, the token
// is renewed and the call is made again. Thread-safe.
class ServiceClient {
 public:
  static constexpr absl::Duration kCallTimeout = absl::Seconds(10);

  // Makes a client of the service at `address`, which is host:port. Without any file in `tls` the
  // connection is plaintext. An error says which file cannot be used, or what is wrong with the
  // address. `timeout` bounds most calls; calls that read or post much get longer.
  static absl::StatusOr<std::unique_ptr<ServiceClient>> Create(
      const std::string& address, const TlsFiles& tls, absl::Duration timeout = kCallTimeout);
  ~ServiceClient();

  absl::StatusOr<v1::IssueTokenResponse> IssueToken(const v1::IssueTokenRequest& request);
  absl::StatusOr<v1::RefreshTokenResponse> RefreshToken(const v1::RefreshTokenRequest& request);

  // Sets for whom the calls below are made. Must be called before the first of them.
  void SignIn(std::unique_ptr<Tokens> tokens);

  absl::StatusOr<v1::Account> CreateAccount(const v1::CreateAccountRequest& request);
  absl::StatusOr<v1::Account> GetAccount(const v1::GetAccountRequest& request);
  absl::StatusOr<v1::ListAccountsResponse> ListAccounts(const v1::ListAccountsRequest& request);

  // Posts a transfer. Sets `replayed` if an earlier request posted the transaction under the same
  // id.
  absl::StatusOr<v1::Transaction> CreateTransaction(const v1::CreateTransactionRequest& request,
                                                    bool* replayed);
  absl::StatusOr<v1::SubmitTransactionsResponse> SubmitTransactions(
      const v1::SubmitTransactionsRequest& request);
  absl::StatusOr<v1::Transaction> GetTransaction(const v1::GetTransactionRequest& request);
  absl::StatusOr<v1::ListTransactionsResponse> ListTransactions(
      const v1::ListTransactionsRequest& request);
  absl::StatusOr<v1::DigestTransactionsResponse> DigestTransactions(
      const v1::DigestTransactionsRequest& request);

  absl::StatusOr<v1::ListStoredTablesResponse> ListStoredTables();
  absl::StatusOr<v1::ListStoredRowsResponse> ListStoredRows(
      const v1::ListStoredRowsRequest& request);

  // Passes each response to `take`. Ends when `take` returns false (OK), the stream breaks, or
  // CancelWatch() is called (CANCELLED). ABORTED means that the token had to be renewed: call
  // Watch() again.
  absl::Status Watch(const v1::WatchTransactionsRequest& request,
                     const std::function<bool(v1::WatchTransactionsResponse*)>& take);
  // Ends the watch that is running, and each one that starts later.
  void CancelWatch();

 private:
  struct Impl;
  explicit ServiceClient(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

// Converts an error that is part of an answer.
absl::Status StatusOf(const google::rpc::Status& status);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_SERVICE_CLIENT_H_
