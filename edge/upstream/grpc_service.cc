#include "edge/upstream/grpc_service.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "services/common/base/client_address.h"
#include "services/common/base/errors.h"
#include "services/common/base/proto_time.h"
#include "services/common/base/rpc_status.h"
#include "services/trace/span.h"

namespace ledgercast {
namespace {

constexpr char kReplayedMetadata[] = "idempotency-replayed";

template <typename Response>
absl::StatusOr<Response> ResultOf(const grpc::Status& status, Response* response) {
  if (!status.ok()) return FromGrpcStatus(status);
  return std::move(*response);
}

// Returns `status` as a client should see it: UNAVAILABLE instead of CANCELLED. gRPC answers
// CANCELLED to a call that reaches a service while it closes and that was not begun
// (https://github.com/grpc/grpc/issues/41785). The client has cancelled nothing, and may ask again.
grpc::Status AsClientsKnowIt(const grpc::Status& status) {
  if (status.error_code() != grpc::StatusCode::CANCELLED) return status;
  return ToGrpcStatus(MakeError(absl::StatusCode::kUnavailable, reason::kServiceUnavailable,
                                "the service closed before it answered"));
}

// Begins the span of the call whose request has this name.
Span BeginSpan(std::string_view request, std::string_view traceparent) {
  if (!Span::enabled()) return Span();
  request.remove_suffix(std::string_view("Request").size());
  const Span span = Span::Begin("call " + std::string(request), SpanKind::kClient, traceparent);
  span.Set("rpc.system", "grpc");
  span.Set("rpc.method", request);
  return span;
}

bool IsReplayed(const grpc::ClientContext& context) {
  const auto& metadata = context.GetServerInitialMetadata();
  const auto it = metadata.find(kReplayedMetadata);
  return it != metadata.end() && it->second == "true";
}

using Auth = v1::AuthService::StubInterface::async_interface;
using Accounts = v1::AccountService::StubInterface::async_interface;
using Transactions = v1::TransactionService::StubInterface::async_interface;

}  // namespace

template <typename Request, typename Response>
struct GrpcService::CallState {
  TrackedCall call;
  Request request;
  Response response;
};

GrpcService::GrpcService(const Options& options, const ServiceTarget& target,
                         RelayTokens* relay_tokens)
    : options_(options),
      relay_tokens_(relay_tokens),
      channel_(MakeServiceChannel(target)),
      transactions_(v1::TransactionService::NewStub(channel_)),
      accounts_(v1::AccountService::NewStub(channel_)),
      auth_(v1::AuthService::NewStub(channel_)) {}

template <typename Request, typename Response, typename Stub, typename Finish>
void GrpcService::Call(Stub* stub, Method<Stub, Request, Response> method, const Caller& caller,
                       Request request, absl::Duration timeout, Finish finish) {
  auto state = std::make_shared<CallState<Request, Response>>();
  grpc::ClientContext* const context = state->call.context();
  if (!AddToken(caller.token, context)) {
    const absl::Status error = MakeError(absl::StatusCode::kUnauthenticated, reason::kTokenInvalid,
                                         "the token is malformed");
    return finish(*context, ToGrpcStatus(error), &state->response);
  }
  const Span span = BeginSpan(Request::descriptor()->name(), caller.ids.traceparent);
  AddIds({caller.ids.request_id, span.Traceparent(caller.ids.traceparent)}, context);
  if (!caller.address.empty()) {
    // The service believes only a relay when it says who its client is.
    AddToken(relay_tokens_->Current(), context);
    context->AddMetadata(kClientAddressKey, caller.address);
  }
  if (caller.call_off != nullptr) {
    caller.call_off->SetCancel([weak = std::weak_ptr(state)] {
      if (const auto alive = weak.lock()) alive->call.Cancel();
    });
  }
  context->set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  state->request = std::move(request);
  state->call.Begin(&tracker_);
  (stub->async()->*method)(context, &state->request, &state->response,
                           [state, finish, span](const grpc::Status& s) {
                             span.Set("rpc.grpc.status_code", static_cast<int64_t>(s.error_code()));
                             span.End(FromGrpcStatus(s));
                             finish(*state->call.context(), AsClientsKnowIt(s), &state->response);
                             state->call.End();
                           });
}

template <typename Request, typename Response, typename Stub>
void GrpcService::Forward(Stub* stub, Method<Stub, Request, Response> method, const Caller& caller,
                          Request request, Done<Response> done, absl::Duration timeout) {
  Call<Request, Response>(stub, method, caller, std::move(request), timeout,
                          [done = std::move(done)](const auto&, const grpc::Status& s,
                                                   Response* r) { done(ResultOf(s, r)); });
}

void GrpcService::IssueToken(Caller caller, v1::IssueTokenRequest request,
                             Done<v1::IssueTokenResponse> done) {
  Forward(auth_.get(), &Auth::IssueToken, caller, std::move(request), std::move(done),
          options_.call_timeout);
}

void GrpcService::RefreshToken(Caller caller, v1::RefreshTokenRequest request,
                               Done<v1::RefreshTokenResponse> done) {
  Forward(auth_.get(), &Auth::RefreshToken, caller, std::move(request), std::move(done),
          options_.call_timeout);
}

void GrpcService::CreateTransaction(Caller caller, v1::CreateTransactionRequest request,
                                    Done<Created> done) {
  Call<v1::CreateTransactionRequest, v1::Transaction>(
      transactions_.get(), &Transactions::CreateTransaction, caller, std::move(request),
      options_.call_timeout,
      [done](const grpc::ClientContext& context, const grpc::Status& s, v1::Transaction* r) {
        if (!s.ok()) return done(FromGrpcStatus(s));
        done(Created{std::move(*r), IsReplayed(context)});
      });
}

void GrpcService::GetTransaction(Caller caller, v1::GetTransactionRequest request,
                                 Done<v1::Transaction> done) {
  Forward(transactions_.get(), &Transactions::GetTransaction, caller, std::move(request),
          std::move(done), options_.call_timeout);
}

void GrpcService::ListTransactions(Caller caller, v1::ListTransactionsRequest request,
                                   Done<v1::ListTransactionsResponse> done) {
  Forward(transactions_.get(), &Transactions::ListTransactions, caller, std::move(request),
          std::move(done), options_.call_timeout);
}

void GrpcService::DigestTransactions(Caller caller, v1::DigestTransactionsRequest request,
                                     Done<v1::DigestTransactionsResponse> done) {
  Forward(transactions_.get(), &Transactions::DigestTransactions, caller, std::move(request),
          std::move(done), options_.digest_timeout);
}

void GrpcService::GetAccount(Caller caller, v1::GetAccountRequest request, Done<v1::Account> done) {
  Forward(accounts_.get(), &Accounts::GetAccount, caller, std::move(request), std::move(done),
          options_.call_timeout);
}

void GrpcService::ListAccounts(Caller caller, v1::ListAccountsRequest request,
                               Done<v1::ListAccountsResponse> done) {
  Forward(accounts_.get(), &Accounts::ListAccounts, caller, std::move(request), std::move(done),
          options_.call_timeout);
}

template <typename MakeCall>
grpc::Status GrpcService::Await(const std::string& token, MakeCall make_call) {
  TrackedCall call;
  AddToken(token, call.context());
  call.context()->set_deadline(absl::ToChronoTime(absl::Now() + options_.call_timeout));
  call.Begin(&tracker_);
  const grpc::Status status = make_call(call.context());
  call.End();
  return status;
}

absl::StatusOr<RevokedTokens> GrpcService::FetchRevokedTokens(const std::string& relay_token) {
  v1::ListRevokedTokensResponse response;
  const grpc::Status status = Await(
      relay_token, [&](auto* context) { return auth_->ListRevokedTokens(context, {}, &response); });
  if (!status.ok()) return FromGrpcStatus(status);
  const auto& lowest_good = response.lowest_good_generations();
  const auto& families = response.ended_families();
  return RevokedTokens({lowest_good.begin(), lowest_good.end()}, FromProto(response.known_since()),
                       {families.begin(), families.end()});
}

absl::StatusOr<std::vector<v1::JsonWebKey>> GrpcService::FetchKeys() {
  v1::GetJsonWebKeySetResponse response;
  const grpc::Status status = Await(
      /*token=*/"", [&](auto* context) { return auth_->GetJsonWebKeySet(context, {}, &response); });
  if (!status.ok()) return FromGrpcStatus(status);
  return std::vector<v1::JsonWebKey>(response.keys().begin(), response.keys().end());
}

}  // namespace ledgercast
