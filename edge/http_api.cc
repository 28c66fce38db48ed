#include "edge/http_api.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "edge/http/cors.h"
#include "edge/http/error_response.h"
#include "edge/http/query.h"
#include "edge/protocol/http_routes.h"
#include "edge/protocol/proto_json.h"
#include "edge/sessions/headed_responder.h"
#include "services/common/auth/token.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

HttpResponse Ok(int status, const google::protobuf::Message& message) {
  return HttpResponse::FreshJson(status, ToJson(message));
}

template <typename Message>
HttpResponse AnswerOf(const absl::StatusOr<Message>& result) {
  return result.ok() ? Ok(200, *result) : ErrorResponse(result.status());
}

absl::Status TokenMissing() {
  return MakeError(absl::StatusCode::kUnauthenticated, reason::kTokenMissing,
                   "the request has no `Authorization: Bearer` header");
}

// Returns whether `text` can be an id or a name. This keeps bytes that are not UTF-8 out of
// messages.
bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

// Returns the last part of the path, decoded.
std::string LastSegment(const std::string& path) {
  return PercentDecode(std::string_view(path).substr(path.rfind('/') + 1));
}

Caller CallerOf(const HttpRequest& request) {
  return {std::string(BearerToken(request.authorization)), request.ids};
}

// Ends the call of `caller` if its client leaves before it was answered.
void EndWithClient(HttpResponder* responder, Caller* caller) {
  caller->call_off = std::make_shared<CallOff>();
  responder->OnGone([call_off = caller->call_off] { call_off->Cancel(); });
}

// Takes the transaction's id from the header. A body that names another id is an error.
absl::Status ApplyIdempotencyKey(const std::optional<std::string>& sent,
                                 v1::CreateTransactionRequest* request) {
  if (!sent.has_value()) return absl::OkStatus();
  const std::string& key = *sent;
  // For an empty id the service would make a new one at each attempt, and post them all.
  if (key.empty()) return InvalidField("Idempotency-Key", "is empty; send a UUID or no header");
  if (!IsPlain(key)) return InvalidField("Idempotency-Key", "is not a UUID");
  if (!request->id().empty() && !absl::EqualsIgnoreCase(request->id(), key)) {
    return InvalidField("id", "differs from the Idempotency-Key header");
  }
  request->set_id(key);
  return absl::OkStatus();
}

}  // namespace

// Says who judges the token of a request: nobody, TokenChecks before the route runs, or the route.
enum class HttpApi::Token { kNone, kJudged, kRoute };

struct HttpApi::Route {
  Token token;
  void (HttpApi::*handle)(const HttpRequest&, const Reply&) const;
};

namespace {

Span BeginSpan(size_t route, std::string_view traceparent) {
  if (!Span::enabled()) return Span();
  const HttpRoute& known = kHttpRoutes[route];
  const Span span = Span::Begin(std::string(known.method) + " " + std::string(known.path),
                                SpanKind::kServer, traceparent);
  span.Set("http.request.method", known.method);
  span.Set("http.route", known.path);
  return span;
}

bool Matches(const HttpRoute& route, std::string_view path) {
  if (!route.path.ends_with('/')) return path == route.path;
  return path.starts_with(route.path) && path.size() > route.path.size() &&
         path.find('/', route.path.size()) == std::string_view::npos;
}

}  // namespace

size_t HttpApi::FindRoute(std::string_view method, std::string_view path, std::string* allowed) {
  if (!path.starts_with("/v1/")) return kFileRoute;
  size_t found = kNoRoute;
  for (size_t route = 0; route < kFileRoute; ++route) {
    if (!Matches(kHttpRoutes[route], path)) continue;
    if (!allowed->empty()) *allowed += ", ";
    *allowed += kHttpRoutes[route].method;
    if (kHttpRoutes[route].method == method) found = route;
  }
  return found;
}

std::optional<HttpResponse> HttpApi::Refuse(const HttpRequest& request) const {
  using Code = absl::StatusCode;
  const auto refusal = [](int status, Code code, std::string_view why, std::string_view message) {
    return ErrorResponse(status, MakeError(code, why, message));
  };
  if (auto refusal = AdmissionRefusal(request.verdict)) return refusal;
  if (!request.transfer_encoding.empty()) {
    return refusal(411, Code::kInvalidArgument, reason::kInvalidField, "send a Content-Length");
  }
  if (request.body.size() > options_.max_body_bytes) {
    return refusal(413, Code::kInvalidArgument, reason::kInvalidField, "the body is too long");
  }
  if (request.path != "/v1/stream") return std::nullopt;
  HttpResponse response =
      refusal(426, Code::kInvalidArgument, reason::kInvalidField, "this is a WebSocket");
  response.headers.emplace_back("Upgrade", "websocket");
  return response;
}

void HttpApi::Handle(HttpRequest request, std::shared_ptr<HttpResponder> responder,
                     const ShardParts& parts) const {
  // The handlers of kHttpRoutes, in its order.
  static constexpr std::array<Route, kFileRoute> kRoutes = {{
      {Token::kNone, &HttpApi::PostToken},
      {Token::kJudged, &HttpApi::PostTransaction},
      {Token::kJudged, &HttpApi::ListTransactions},
      {Token::kJudged, &HttpApi::GetTransaction},
      {Token::kJudged, &HttpApi::ListAccounts},
      {Token::kJudged, &HttpApi::GetAccount},
      {Token::kJudged, &HttpApi::Digest},
      {Token::kRoute, &HttpApi::Events},
      {Token::kRoute, &HttpApi::Poll},
      {Token::kRoute, &HttpApi::Status},
  }};
  std::string allowed;
  const size_t route = FindRoute(request.method, request.path, &allowed);
  HeadedResponder::Headers headers = CorsHeaders(request, options_.allowed_origins);
  headers.emplace_back("X-Request-Id", request.ids.request_id);
  const Span span = BeginSpan(route, request.ids.traceparent);
  request.ids.traceparent = span.Traceparent(request.ids.traceparent);
  responder = std::make_shared<HeadedResponder>(std::move(responder), std::move(headers), route,
                                                parts.context, span);
  if (auto refusal = Refuse(request)) return responder->Reply(*std::move(refusal));
  if (route == kFileRoute) return responder->Reply(files_->Serve(request));
  if (allowed.empty() || IsPreflight(request) || route == kNoRoute) {
    return responder->Reply(AnswerWithoutRoute(request, allowed));
  }
  const std::string_view token = BearerToken(request.authorization);
  const Route& chosen = kRoutes[route];
  if (chosen.token != Token::kNone && token.empty()) {
    return responder->Reply(ErrorResponse(TokenMissing()));
  }
  const Reply reply{parts.requests->Add(std::move(responder)), parts};
  if (chosen.token != Token::kJudged) return (this->*chosen.handle)(request, reply);
  parts.tokens->Judge(std::string(token), [this, handle = chosen.handle, request,
                                           reply](const absl::StatusOr<Identity>& identity) {
    if (!identity.ok()) return reply(ErrorResponse(identity.status()));
    (this->*handle)(request, reply);
  });
}

HttpResponse HttpApi::AnswerWithoutRoute(const HttpRequest& request,
                                         const std::string& allowed) const {
  if (allowed.empty()) {
    return ErrorResponse(404, MakeError(absl::StatusCode::kNotFound, "PATH_NOT_FOUND",
                                        "there is nothing at this path"));
  }
  if (IsPreflight(request)) return PreflightResponse(request, allowed, options_.allowed_origins);
  HttpResponse response =
      ErrorResponse(405, MakeError(absl::StatusCode::kUnimplemented, "METHOD_NOT_ALLOWED",
                                   "not with this method; this path has " + allowed));
  response.headers.emplace_back("Allow", allowed);
  return response;
}

// --- the routes ---

void HttpApi::PostToken(const HttpRequest& request, const Reply& reply) const {
  Caller caller("", request.ids);
  HttpResponder* const responder = reply.parts.requests->Find(reply.answer);
  caller.address = responder->link().address;
  v1::RefreshTokenRequest refresh;
  if (ParseJson(request.body, &refresh).ok() && !refresh.refresh_token().empty()) {
    return service_->RefreshToken(std::move(caller), std::move(refresh),
                                  [reply](const auto& result) { reply(AnswerOf(result)); });
  }
  v1::IssueTokenRequest issue;
  if (const absl::Status status = ParseJson(request.body, &issue); !status.ok()) {
    return reply(ErrorResponse(status));
  }
  EndWithClient(responder, &caller);
  service_->IssueToken(std::move(caller), std::move(issue),
                       [reply](const auto& result) { reply(AnswerOf(result)); });
}

void HttpApi::PostTransaction(const HttpRequest& request, const Reply& reply) const {
  v1::CreateTransactionRequest create;
  absl::Status status = ParseJson(request.body, &create);
  if (status.ok()) status = ApplyIdempotencyKey(request.idempotency_key, &create);
  if (!status.ok()) return reply(ErrorResponse(status));
  const int success = create.validate_only() ? 200 : 201;
  service_->CreateTransaction(CallerOf(request), std::move(create),
                              [reply, success](const absl::StatusOr<Service::Created>& created) {
                                if (!created.ok()) return reply(ErrorResponse(created.status()));
                                HttpResponse response =
                                    Ok(created->replayed ? 200 : success, created->transaction);
                                if (created->replayed) {
                                  response.headers.emplace_back("Idempotency-Replayed", "true");
                                }
                                reply(std::move(response));
                              });
}

template <typename Request, typename Response>
void HttpApi::Read(const HttpRequest& request, const Reply& reply, Request message,
                   void (Service::*call)(Caller, Request, Service::Done<Response>)) const {
  Caller caller = CallerOf(request);
  EndWithClient(reply.parts.requests->Find(reply.answer), &caller);
  (service_->*call)(std::move(caller), std::move(message),
                    [reply](const auto& result) { reply(AnswerOf(result)); });
}

template <typename Request, typename Response>
void HttpApi::AskQuery(const HttpRequest& request, const Reply& reply,
                       void (Service::*call)(Caller, Request, Service::Done<Response>)) const {
  Request message;
  if (const absl::Status status = ParseQuery(request.query, &message); !status.ok()) {
    return reply(ErrorResponse(status));
  }
  Read(request, reply, std::move(message), call);
}

void HttpApi::ListTransactions(const HttpRequest& request, const Reply& reply) const {
  AskQuery(request, reply, &Service::ListTransactions);
}

void HttpApi::ListAccounts(const HttpRequest& request, const Reply& reply) const {
  AskQuery(request, reply, &Service::ListAccounts);
}

void HttpApi::Digest(const HttpRequest& request, const Reply& reply) const {
  AskQuery(request, reply, &Service::DigestTransactions);
}

void HttpApi::Events(const HttpRequest& request, const Reply& reply) const {
  reply.parts.streams->OpenEvents(request, reply.Take());
}

void HttpApi::Poll(const HttpRequest& request, const Reply& reply) const {
  reply.parts.streams->OpenPoll(request, reply.Take());
}

void HttpApi::Status(const HttpRequest& request, const Reply& reply) const {
  reply.parts.status->Open(request, reply.Take());
}

void HttpApi::GetTransaction(const HttpRequest& request, const Reply& reply) const {
  const std::string id = LastSegment(request.path);
  if (!IsPlain(id)) return reply(ErrorResponse(InvalidField("id", "is not a UUID")));
  v1::GetTransactionRequest get;
  get.set_id(id);
  Read(request, reply, std::move(get), &Service::GetTransaction);
}

void HttpApi::GetAccount(const HttpRequest& request, const Reply& reply) const {
  v1::GetAccountRequest get;
  absl::Status status = ParseQuery(request.query, &get);
  const std::string name = LastSegment(request.path);
  if (!IsPlain(name)) status = InvalidField("name", "is no account's name");
  if (!status.ok()) return reply(ErrorResponse(status));
  get.set_name(name);
  Read(request, reply, std::move(get), &Service::GetAccount);
}

}  // namespace ledgercast
