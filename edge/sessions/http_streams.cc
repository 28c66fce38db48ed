#include "edge/sessions/http_streams.h"

#include <string>
#include <utility>

#include "edge/http/error_response.h"
#include "edge/http/query.h"
#include "services/common/auth/token.h"
#include "services/common/base/check.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

// Makes a stream by `make`, owns it in `all` until it ends, and starts it. `make` is given the
// function to call at the stream's end.
template <typename Stream, typename Make>
void Start(const HttpRequest& request, ClientId id,
           absl::btree_map<ClientId, std::shared_ptr<Stream>>* all, OwnedCount* open, Make make) {
  const std::shared_ptr<Stream> stream = make([all, open, id] {
    open->Add(-1);
    all->erase(id);
  });
  open->Add(1);
  all->emplace(id, stream);
  stream->Start(std::string(BearerToken(request.authorization)));
}

}  // namespace

absl::Status HttpStreams::Admit(absl::Status status) const {
  if (!draining_) return status;
  return MakeError(absl::StatusCode::kUnavailable, reason::kShuttingDown, "going away");
}

void HttpStreams::OpenEvents(const HttpRequest& request, std::shared_ptr<HttpResponder> responder) {
  v1::WatchFrame wanted;
  const absl::Status status = Admit(ParseQuery(request.query, &wanted));
  if (!status.ok()) return responder->Reply(ErrorResponse(status));
  // A client that comes back says in this header where it stands. Its URL still says where it
  // began.
  if (!request.last_event_id.empty()) wanted.set_after(request.last_event_id);
  const ClientId id = context_.client_ids->Next(context_.clocks.wall());
  Start(request, id, &events_, &context_.counts->event_streams_open, [&](auto on_end) {
    return std::make_shared<EventStream>(
        std::move(wanted), HttpStream::Birth{&context_, std::move(responder), std::move(on_end)});
  });
}

void HttpStreams::OpenPoll(const HttpRequest& request, std::shared_ptr<HttpResponder> responder) {
  v1::PollRequest poll;
  absl::Status status = Admit(ParseQuery(request.query, &poll));
  if (status.ok() && poll.wait() < 0) status = InvalidField("wait", "must not be negative");
  if (!status.ok()) return responder->Reply(ErrorResponse(status));
  const ClientId id = context_.client_ids->Next(context_.clocks.wall());
  Start(request, id, &polls_, &context_.counts->polls_open, [&](auto on_end) {
    return std::make_shared<Poll>(
        options_.poll, std::move(poll),
        HttpStream::Birth{&context_, std::move(responder), std::move(on_end)});
  });
}

void HttpStreams::EndRevoked(const RevokedTokens& revoked) {
  LC_CHECK(context_.shard->IsCurrent());
  // Streams and polls leave the maps as they end, so the loops use copies.
  const auto events = events_;
  for (const auto& [id, stream] : events) stream->EndIfRevoked(revoked);
  const auto polls = polls_;
  for (const auto& [id, poll] : polls) poll->EndIfRevoked(revoked);
}

bool HttpStreams::Visit(Transport transport, ClientId after, ClientSource::See see) const {
  LC_CHECK(context_.shard->IsCurrent());
  const auto visit = [&](const auto& clients) {
    for (auto it = clients.upper_bound(after); it != clients.end(); ++it) {
      if (!see(it->first, it->second->View())) return false;
    }
    return true;
  };
  return transport == Transport::kEvents ? visit(events_) : visit(polls_);
}

void HttpStreams::LetGo() {
  events_.clear();
  polls_.clear();
}

void HttpStreams::Drain(const Schedule& schedule) {
  LC_CHECK(context_.shard->IsCurrent());
  draining_ = true;
  const auto events = events_;
  for (const auto& [id, stream] : events) {
    schedule([weak = std::weak_ptr(stream)](absl::Duration back) {
      if (const auto alive = weak.lock()) alive->GoAway(back);
    });
  }
  const auto polls = polls_;
  for (const auto& [id, poll] : polls) {
    schedule([weak = std::weak_ptr(poll)](absl::Duration /*back*/) {
      if (const auto alive = weak.lock()) alive->GoAway();
    });
  }
}

}  // namespace ledgercast
