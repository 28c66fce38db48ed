#ifndef EDGE_UPSTREAM_GRPC_SERVICE_H_
#define EDGE_UPSTREAM_GRPC_SERVICE_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "edge/upstream/call_tracker.h"
#include "edge/upstream/grpc_channel.h"
#include "edge/upstream/service.h"
#include "ledgercast/v1/account.grpc.pb.h"
#include "ledgercast/v1/auth.grpc.pb.h"
#include "ledgercast/v1/transaction.grpc.pb.h"
#include "services/common/auth/revoked_tokens.h"

namespace ledgercast {

// Calls the service over gRPC, on a channel of its own. The destructor ends the calls under way; no
// call may be made from then on.
class GrpcService : public Service {
 public:
  struct Options {
    absl::Duration call_timeout = absl::Seconds(10);
    // It is longer, because a digest reads its whole stretch, but shorter than the edge's own time
    // limit for HTTP answers.
    absl::Duration digest_timeout = absl::Seconds(25);
  };

  // `relay_tokens` outlive this.
  GrpcService(const Options& options, const ServiceTarget& target, RelayTokens* relay_tokens);

  void IssueToken(Caller caller, v1::IssueTokenRequest request,
                  Done<v1::IssueTokenResponse> done) override;
  void RefreshToken(Caller caller, v1::RefreshTokenRequest request,
                    Done<v1::RefreshTokenResponse> done) override;
  void CreateTransaction(Caller caller, v1::CreateTransactionRequest request,
                         Done<Created> done) override;
  void GetTransaction(Caller caller, v1::GetTransactionRequest request,
                      Done<v1::Transaction> done) override;
  void ListTransactions(Caller caller, v1::ListTransactionsRequest request,
                        Done<v1::ListTransactionsResponse> done) override;
  void DigestTransactions(Caller caller, v1::DigestTransactionsRequest request,
                          Done<v1::DigestTransactionsResponse> done) override;
  void GetAccount(Caller caller, v1::GetAccountRequest request, Done<v1::Account> done) override;
  void ListAccounts(Caller caller, v1::ListAccountsRequest request,
                    Done<v1::ListAccountsResponse> done) override;

  // Fetches the revoked tokens as the relay, whose token is given. Blocks.
  absl::StatusOr<RevokedTokens> FetchRevokedTokens(const std::string& relay_token);
  // Fetches the keys that verify access tokens. Blocks.
  absl::StatusOr<std::vector<v1::JsonWebKey>> FetchKeys();

  // Ends the calls under way, and ends later ones as soon as they begin.
  void CancelAll() { tracker_.CancelAll(); }

 private:
  // A method of a stub's async interface.
  template <typename Stub, typename Request, typename Response>
  using Method = void (Stub::async_interface::*)(grpc::ClientContext*, const Request*, Response*,
                                                 std::function<void(grpc::Status)>);

  // Holds what a call needs until its end.
  template <typename Request, typename Response>
  struct CallState;

  // Makes a call for `caller` by `method` of `stub`. `finish` turns its end into the answer.
  template <typename Request, typename Response, typename Stub, typename Finish>
  void Call(Stub* stub, Method<Stub, Request, Response> method, const Caller& caller,
            Request request, absl::Duration timeout, Finish finish);
  // Does the same for a call whose response is the answer.
  template <typename Request, typename Response, typename Stub>
  void Forward(Stub* stub, Method<Stub, Request, Response> method, const Caller& caller,
               Request request, Done<Response> done, absl::Duration timeout);

  // Makes a call with `token`, "" for none, by `make_call`, and blocks until it has ended.
  template <typename MakeCall>
  grpc::Status Await(const std::string& token, MakeCall make_call);

  const Options options_;
  RelayTokens* const relay_tokens_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::TransactionService::Stub> transactions_;
  const std::unique_ptr<v1::AccountService::Stub> accounts_;
  const std::unique_ptr<v1::AuthService::Stub> auth_;
  CallTracker tracker_;
};

}  // namespace ledgercast

#endif  // EDGE_UPSTREAM_GRPC_SERVICE_H_
