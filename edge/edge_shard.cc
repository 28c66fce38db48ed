#include "edge/edge_shard.h"

#include <algorithm>
#include <utility>

#include "edge/http/error_response.h"
#include "edge/http/origin.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

constexpr std::string_view kStreamPath = "/v1/stream";

std::unique_ptr<HttpResponse> RefusalResponse(int status, absl::StatusCode code,
                                              std::string_view why, std::string_view message) {
  return std::make_unique<HttpResponse>(ErrorResponse(status, MakeError(code, why, message)));
}

}  // namespace

EdgeShard::EdgeShard(const Options& options, const Dependencies& deps, Shard* shard,
                     std::function<double()> random, ShardCounts* counts)
    : options_(options),
      deps_(deps),
      counts_(counts),
      hub_(options.hub, deps.make_frame, deps.feed_source, deps.history, shard, deps.clocks,
           counts),
      http_streams_(options.http_streams, &context_),
      requests_(shard),
      token_checks_(&context_),
      status_requests_(&token_checks_, &requests_, deps.status_collector) {
  context_.token_times = options.token_times;
  context_.options = options.session;
  context_.hub = &hub_;
  context_.timers = &timers_;
  context_.keys = deps.keys;
  context_.revoked = deps.revoked;
  context_.service = deps.service;
  context_.admission = deps.admission;
  context_.client_ids = deps.client_ids;
  context_.shard = shard;
  context_.make_frame = deps.make_frame;
  context_.clocks = deps.clocks;
  context_.random = std::move(random);
  context_.counts = counts;
  deps.status_collector->Add(shard, this, &hub_);
}

std::unique_ptr<HttpResponse> EdgeShard::Refuse(const HttpRequest& request) {
  using Code = absl::StatusCode;
  if (auto refusal = AdmissionRefusal(request.verdict)) {
    return std::make_unique<HttpResponse>(*std::move(refusal));
  }
  if (draining_) {
    deps_.admission->CountRefusal(Refusal::kGoingAway);
    return RefusalResponse(503, Code::kUnavailable, reason::kShuttingDown, "going away");
  }
  if (request.websocket_version != "13") {
    auto refusal = RefusalResponse(426, Code::kInvalidArgument, reason::kInvalidField,
                                   "only version 13 of the WebSocket protocol is spoken here");
    refusal->headers.emplace_back("Sec-WebSocket-Version", "13");
    return refusal;
  }
  if (request.path != kStreamPath) {
    return RefusalResponse(404, Code::kNotFound, "PATH_NOT_FOUND",
                           "the WebSocket is at /v1/stream");
  }
  if (!IsOriginAllowed(request.origin, request.host, options_.allowed_origins)) {
    deps_.admission->CountRefusal(Refusal::kForeignOrigin);
    return RefusalResponse(403, Code::kPermissionDenied, reason::kNotAllowed,
                           "pages of this origin may not connect");
  }
  return nullptr;
}

std::shared_ptr<SocketHandler> EdgeShard::OnOpen(Socket* socket, Handshake handshake) {
  auto session = Session::Open(&context_, socket, std::move(handshake));
  if (sessions_.size() >= sweep_at_) {
    absl::erase_if(sessions_, [](const auto& one) { return one.second.expired(); });
    sweep_at_ = 2 * std::max<size_t>(sessions_.size(), 32);
  }
  sessions_.emplace(deps_.client_ids->Next(deps_.clocks.wall()), session);
  // The edge agreed to this upgrade before it began to drain.
  if (draining_) SendAway(session);
  return session;
}

void EdgeShard::OnHttp(HttpRequest request, std::shared_ptr<HttpResponder> responder) {
  // A request that comes in the loop's last turn must not be kept, because it would outlive its
  // connection.
  if (stopped_) return;
  counts_->http_requests.Add(1);
  deps_.http_api->Handle(
      std::move(request), std::move(responder),
      {&requests_, &token_checks_, &http_streams_, &status_requests_, &context_});
}

void EdgeShard::OnTick(absl::Time now) {
  timers_.RunDue(now);
  hub_.OnTick(now);
}

void EdgeShard::OnStop() {
  stopped_ = true;
  // The hub comes first, because its readers know the sockets that the others own.
  hub_.LetGo();
  token_checks_.LetGo();
  http_streams_.LetGo();
  requests_.LetGo();
}

void EdgeShard::OnRevocations() {
  const std::shared_ptr<const RevokedTokens> revoked = deps_.revoked();
  for (const auto& [id, one] : sessions_) {
    if (const auto session = one.lock()) session->EndIfRevoked(*revoked);
  }
  http_streams_.EndRevoked(*revoked);
}

bool EdgeShard::Visit(Transport transport, ClientId after, See see) const {
  if (transport != Transport::kSocket) return http_streams_.Visit(transport, after, see);
  for (auto it = sessions_.upper_bound(after); it != sessions_.end(); ++it) {
    const auto session = it->second.lock();
    if (!see(it->first, session == nullptr ? std::nullopt : session->View())) return false;
  }
  return true;
}

void EdgeShard::Drain() {
  draining_ = true;
  for (const auto& [id, session] : std::exchange(sessions_, {})) {
    if (const auto alive = session.lock()) SendAway(alive);
  }
  http_streams_.Drain([this](auto go_away) { ScheduleGoAway(std::move(go_away)); });
}

void EdgeShard::SendAway(const std::shared_ptr<Session>& session) {
  ScheduleGoAway([one = std::weak_ptr(session)](absl::Duration back) {
    if (const auto alive = one.lock()) alive->GoAway(back);
  });
}

void EdgeShard::ScheduleGoAway(std::function<void(absl::Duration)> go_away) {
  // Clients must neither leave nor come back all at once, because the edge that takes them in has
  // to judge their tokens.
  const auto between = [this](absl::Duration least, absl::Duration most) {
    return least + (most - least) * context_.random();
  };
  const absl::Duration back = between(options_.shortest_reconnect, options_.longest_reconnect);
  timers_.Set(deps_.clocks.steady() + between(absl::ZeroDuration(), options_.drain_window),
              [go_away = std::move(go_away), back] { go_away(back); });
}

}  // namespace ledgercast
