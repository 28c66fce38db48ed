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

// Calls the transaction service for one caller; the only place here that knows gRPC. Each call but
// Watch() takes a bounded time; errors are the service's, or UNAVAILABLE / SERVICE_UNAVAILABLE
// naming its address. A token that the service does not take any more is renewed and the call made
// again. Thread-safe.
class ServiceClient {
 public:
  static constexpr absl::Duration kCallTimeout = absl::Seconds(10);

  // `address` is host:port; without any file the connection is plaintext. An error says which file
  // is of no use, or what is wrong with the address. `timeout` bounds most calls; calls that read
  // or post much have longer.
  static absl::StatusOr<std::unique_ptr<ServiceClient>> Create(
      const std::string& address, const TlsFiles& tls, absl::Duration timeout = kCallTimeout);
  ~ServiceClient();

  absl::StatusOr<v1::IssueTokenResponse> IssueToken(const v1::IssueTokenRequest& request);
  absl::StatusOr<v1::RefreshTokenResponse> RefreshToken(const v1::RefreshTokenRequest& request);

  // Sets whom the calls below are made for, before the first of them.
  void SignIn(std::unique_ptr<Tokens> tokens);

  absl::StatusOr<v1::Account> CreateAccount(const v1::CreateAccountRequest& request);
  absl::StatusOr<v1::Account> GetAccount(const v1::GetAccountRequest& request);
  absl::StatusOr<v1::ListAccountsResponse> ListAccounts(const v1::ListAccountsRequest& request);

  // `replayed`: the transaction was posted by an earlier request under its id.
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

  // Gives `take` each response until it answers false (OK), the stream breaks, or
  // CancelWatch() is called (CANCELLED). ABORTED: the token had to be renewed, watch on.
  absl::Status Watch(const v1::WatchTransactionsRequest& request,
                     const std::function<bool(v1::WatchTransactionsResponse*)>& take);
  // Ends the watch that is under way, and each that starts later.
  void CancelWatch();

 private:
  struct Impl;
  explicit ServiceClient(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

// Reads an error within an answer.
absl::Status StatusOf(const google::rpc::Status& status);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_SERVICE_CLIENT_H_
