#include "services/cli/service_client.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "ledgercast/v1/account.grpc.pb.h"
#include "ledgercast/v1/audit.grpc.pb.h"
#include "ledgercast/v1/auth.grpc.pb.h"
#include "ledgercast/v1/transaction.grpc.pb.h"
#include "services/cli/service_address.h"
#include "services/common/base/errors.h"
#include "services/common/base/rpc_status.h"
#include "services/common/base/tls_credentials.h"
#include "services/common/base/version.h"

namespace ledgercast::cli {
namespace {

// Upper limit. It is short, so that a second try comes while the service still repeats its answer.
constexpr absl::Duration kRefreshTimeout = absl::Seconds(4);
// Lower limit for a batch, which may have to wait behind others.
constexpr absl::Duration kSubmitTimeout = absl::Seconds(30);
// Lower limit for calls that read the whole ledger.
constexpr absl::Duration kDigestTimeout = absl::Seconds(600);
// A connection that died silently is noticed after the sum of both.
constexpr int kKeepaliveTimeMs = 20'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
// gRPC uses its minimum backoff also as the time limit of one attempt to connect. On a busy machine
// an attempt needs longer than kFirstReconnectMs.
constexpr int kConnectTimeoutMs = 10'000;
constexpr int kFirstReconnectMs = 100;
constexpr int kLongestReconnectMs = 2'000;

std::shared_ptr<grpc::Channel> MakeChannel(
    const std::string& address, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  // The answer to 8,000 transfers holds 8,000 transactions, which is above gRPC's default limit.
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeoutMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMs);
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

}  // namespace

struct ServiceClient::Impl {
  Impl(std::string service_address, const std::shared_ptr<grpc::ChannelCredentials>& credentials,
       absl::Duration call_timeout)
      : address(std::move(service_address)),
        timeout(call_timeout),
        channel(MakeChannel(address, credentials)),
        accounts(v1::AccountService::NewStub(channel)),
        audit(v1::AuditService::NewStub(channel)),
        auth(v1::AuthService::NewStub(channel)),
        transactions(v1::TransactionService::NewStub(channel)) {}

  // Converts an error. gRPC's own message says neither which service failed nor what a person can
  // do.
  absl::Status Answer(const grpc::Status& rpc, absl::Duration given) const {
    absl::Status status = FromGrpcStatus(rpc);
    const bool is_known = status.ok() || !rpc.error_details().empty();
    if (is_known) return status;
    const std::string service = "the service at " + address;
    if (rpc.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
      return MakeError(status.code(), reason::kInternal,
                       service + " does not know this call: it is older than this tool, which is " +
                           Version() + ", or is no transaction service");
    }
    if (IsHttp(rpc)) {
      return absl::FailedPreconditionError(
          "what answers at " + address +
          " speaks HTTP, not gRPC: is that the port of the edge? The transaction service listens "
          "on 50051 unless it was told otherwise");
    }
    const bool is_slow = rpc.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED &&
                         channel->GetState(false) == GRPC_CHANNEL_READY;
    if (is_slow) {
      return MakeError(
          status.code(), reason::kServiceUnavailable,
          service + " is there, but took longer than " + absl::FormatDuration(given) +
              " for this: it or its database is busy; --timeout-seconds gives it more");
    }
    const std::string reason = GetErrorInfo(status).reason();
    if (reason != reason::kServiceUnavailable) return status;
    return MakeError(status.code(), reason, service + " does not answer: " + rpc.error_message());
  }

  // Returns whether gRPC reports that the answer was not HTTP/2.
  static bool IsHttp(const grpc::Status& rpc) {
    return rpc.error_message().find("http1.x") != std::string::npos;
  }

  template <typename Stub, typename Request, typename Response>
  using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

  // Makes a call that needs no token.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> CallOpen(Stub* stub, Method<Stub, Request, Response> method,
                                    const Request& request,
                                    absl::Duration at_most = absl::InfiniteDuration()) const {
    const absl::Duration given = std::min(timeout, at_most);
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + given));
    Response response;
    const grpc::Status rpc = (stub->*method)(&context, request, &response);
    if (!rpc.ok()) return Answer(rpc, given);
    return response;
  }

  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(Stub* stub, Method<Stub, Request, Response> method,
                                const Request& request,
                                absl::Duration at_least = absl::ZeroDuration(),
                                bool* replayed = nullptr) {
    const absl::Duration given = std::max(timeout, at_least);
    auto token = tokens->Current();
    for (bool renewed = false;; renewed = true) {
      if (!token.ok()) return token.status();
      grpc::ClientContext context;
      context.set_deadline(absl::ToChronoTime(absl::Now() + given));
      context.AddMetadata("authorization", "Bearer " + *token);
      Response response;
      const grpc::Status rpc = (stub->*method)(&context, request, &response);
      if (rpc.ok()) {
        const auto& metadata = context.GetServerInitialMetadata();
        if (replayed != nullptr) *replayed = metadata.count("idempotency-replayed") > 0;
        return response;
      }
      if (renewed || rpc.error_code() != grpc::StatusCode::UNAUTHENTICATED) {
        return Answer(rpc, given);
      }
      token = tokens->Renew(*token);
    }
  }

  // Runs one stream. `received` tells whether a response arrived.
  grpc::Status WatchOnce(const std::string& token, const v1::WatchTransactionsRequest& request,
                         const std::function<bool(v1::WatchTransactionsResponse*)>& take,
                         bool* received) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + token);
    if (!Adopt(&context)) return {grpc::StatusCode::CANCELLED, "the watch was ended"};
    const auto reader = transactions->WatchTransactions(&context, request);
    v1::WatchTransactionsResponse response;
    bool wanted = true;
    while (wanted && reader->Read(&response)) {
      *received = true;
      wanted = take(&response);
    }
    if (!wanted) context.TryCancel();
    grpc::Status rpc = reader->Finish();
    (void)Adopt(nullptr);
    if (!wanted) return grpc::Status::OK;
    if (rpc.ok()) return {grpc::StatusCode::UNAVAILABLE, "the service ended the stream"};
    return rpc;
  }

  // Stores which watch CancelWatch() cancels. Returns false if it was already called.
  bool Adopt(grpc::ClientContext* context) ABSL_LOCKS_EXCLUDED(mu) {
    absl::MutexLock lock(&mu);
    watching = context;
    return !cancelled;
  }

  const std::string address;
  const absl::Duration timeout;
  const std::shared_ptr<grpc::Channel> channel;
  const std::unique_ptr<v1::AccountService::Stub> accounts;
  const std::unique_ptr<v1::AuditService::Stub> audit;
  const std::unique_ptr<v1::AuthService::Stub> auth;
  const std::unique_ptr<v1::TransactionService::Stub> transactions;
  std::unique_ptr<Tokens> tokens;

  absl::Mutex mu;
  grpc::ClientContext* watching ABSL_GUARDED_BY(mu) = nullptr;
  bool cancelled ABSL_GUARDED_BY(mu) = false;
};

absl::StatusOr<std::unique_ptr<ServiceClient>> ServiceClient::Create(const std::string& address,
                                                                     const TlsFiles& tls,
                                                                     absl::Duration timeout) {
  if (const absl::Status usable = CheckServiceAddress(address); !usable.ok()) return usable;
  const auto credentials = MakeChannelCredentials(tls);
  if (!credentials.ok()) return credentials.status();
  return std::unique_ptr<ServiceClient>(
      new ServiceClient(std::make_unique<Impl>(address, *credentials, timeout)));
}

ServiceClient::ServiceClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ServiceClient::~ServiceClient() = default;

void ServiceClient::SignIn(std::unique_ptr<Tokens> tokens) { impl_->tokens = std::move(tokens); }

absl::StatusOr<v1::IssueTokenResponse> ServiceClient::IssueToken(
    const v1::IssueTokenRequest& request) {
  return impl_->CallOpen(impl_->auth.get(), &v1::AuthService::Stub::IssueToken, request);
}

absl::StatusOr<v1::RefreshTokenResponse> ServiceClient::RefreshToken(
    const v1::RefreshTokenRequest& request) {
  return impl_->CallOpen(impl_->auth.get(), &v1::AuthService::Stub::RefreshToken, request,
                         kRefreshTimeout);
}

absl::StatusOr<v1::Account> ServiceClient::CreateAccount(const v1::CreateAccountRequest& request) {
  return impl_->Call(impl_->accounts.get(), &v1::AccountService::Stub::CreateAccount, request);
}

absl::StatusOr<v1::Account> ServiceClient::GetAccount(const v1::GetAccountRequest& request) {
  return impl_->Call(impl_->accounts.get(), &v1::AccountService::Stub::GetAccount, request);
}

absl::StatusOr<v1::ListAccountsResponse> ServiceClient::ListAccounts(
    const v1::ListAccountsRequest& request) {
  return impl_->Call(impl_->accounts.get(), &v1::AccountService::Stub::ListAccounts, request);
}

absl::StatusOr<v1::Transaction> ServiceClient::CreateTransaction(
    const v1::CreateTransactionRequest& request, bool* replayed) {
  return impl_->Call(impl_->transactions.get(), &v1::TransactionService::Stub::CreateTransaction,
                     request, absl::ZeroDuration(), replayed);
}

absl::StatusOr<v1::SubmitTransactionsResponse> ServiceClient::SubmitTransactions(
    const v1::SubmitTransactionsRequest& request) {
  return impl_->Call(impl_->transactions.get(), &v1::TransactionService::Stub::SubmitTransactions,
                     request, kSubmitTimeout);
}

absl::StatusOr<v1::Transaction> ServiceClient::GetTransaction(
    const v1::GetTransactionRequest& request) {
  return impl_->Call(impl_->transactions.get(), &v1::TransactionService::Stub::GetTransaction,
                     request);
}

absl::StatusOr<v1::ListTransactionsResponse> ServiceClient::ListTransactions(
    const v1::ListTransactionsRequest& request) {
  return impl_->Call(impl_->transactions.get(), &v1::TransactionService::Stub::ListTransactions,
                     request);
}

absl::StatusOr<v1::DigestTransactionsResponse> ServiceClient::DigestTransactions(
    const v1::DigestTransactionsRequest& request) {
  return impl_->Call(impl_->transactions.get(), &v1::TransactionService::Stub::DigestTransactions,
                     request, kDigestTimeout);
}

absl::StatusOr<v1::ListStoredTablesResponse> ServiceClient::ListStoredTables() {
  return impl_->Call(impl_->audit.get(), &v1::AuditService::Stub::ListStoredTables,
                     v1::ListStoredTablesRequest());
}

absl::StatusOr<v1::ListStoredRowsResponse> ServiceClient::ListStoredRows(
    const v1::ListStoredRowsRequest& request) {
  return impl_->Call(impl_->audit.get(), &v1::AuditService::Stub::ListStoredRows, request);
}

absl::Status ServiceClient::Watch(const v1::WatchTransactionsRequest& request,
                                  const std::function<bool(v1::WatchTransactionsResponse*)>& take) {
  auto token = impl_->tokens->Current();
  for (bool renewed = false;; renewed = true) {
    if (!token.ok()) return token.status();
    bool received = false;
    const grpc::Status rpc = impl_->WatchOnce(*token, request, take, &received);
    const bool is_refused = rpc.error_code() == grpc::StatusCode::UNAUTHENTICATED;
    if (!is_refused || (renewed && !received)) {
      return impl_->Answer(rpc, absl::InfiniteDuration());
    }
    token = impl_->tokens->Renew(*token);
    if (received && token.ok()) return absl::AbortedError("the access token has been renewed");
  }
}

void ServiceClient::CancelWatch() {
  absl::MutexLock lock(&impl_->mu);
  impl_->cancelled = true;
  if (impl_->watching != nullptr) impl_->watching->TryCancel();
}

absl::Status StatusOf(const google::rpc::Status& status) {
  return FromGrpcStatus(
      {static_cast<grpc::StatusCode>(status.code()), status.message(), status.SerializeAsString()});
}

}  // namespace ledgercast::cli
