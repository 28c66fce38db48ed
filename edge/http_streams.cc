#include "edge/http_streams.h"

#include <string>
#include <utility>

#include "edge/errors.h"
#include "edge/http_query.h"
#include "services/common/errors.h"
#include "services/common/token.h"

namespace ledgercast {
namespace {

// Makes one by `make`, which is given what to do at its end, owns it in `all` until then, and
// starts it.
template <typename Stream, typename Make>
void Start(const HttpRequest& request, absl::flat_hash_set<std::shared_ptr<Stream>>* all,
           OwnedCount* open, Make make) {
  // Known once it is made.
  const auto self = std::make_shared<std::weak_ptr<Stream>>();
  const std::shared_ptr<Stream> stream = make([all, open, self] {
    open->Add(-1);
    all->erase(self->lock());
  });
  *self = stream;
  open->Add(1);
  all->insert(stream);
  stream->Start(std::string(BearerToken(request.authorization)));
}

}  // namespace

void HttpStreams::OpenEvents(const HttpRequest& request, std::shared_ptr<HttpResponder> responder) {
  v1::WatchFrame watch;
  const absl::Status status = ParseQuery(request.query, &watch);
  if (!status.ok()) return responder->Reply(ErrorResponse(status));
  // Of a client that comes back: its URL still says where it began.
  if (!request.last_event_id.empty()) watch.set_after(request.last_event_id);
  Start(request, &events_, &context_.counts->event_streams_open, [&](auto on_end) {
    return EventStream::Make(&context_, options_.events, std::move(watch), std::move(responder),
                             std::move(on_end));
  });
}

void HttpStreams::OpenPoll(const HttpRequest& request, std::shared_ptr<HttpResponder> responder) {
  v1::PollRequest poll;
  absl::Status status = ParseQuery(request.query, &poll);
  if (status.ok() && poll.wait() < 0) status = InvalidField("wait", "must not be negative");
  if (!status.ok()) return responder->Reply(ErrorResponse(status));
  Start(request, &polls_, &context_.counts->polls_open, [&](auto on_end) {
    return Poll::Make(&context_, options_.poll, std::move(poll), std::move(responder),
                      std::move(on_end));
  });
}

void HttpStreams::EndRevoked(const RevokedTokens& revoked) {
  // They leave the sets as they end.
  const auto events = events_;
  for (const auto& stream : events) stream->EndIfRevoked(revoked);
  const auto polls = polls_;
  for (const auto& poll : polls) poll->EndIfRevoked(revoked);
}

void HttpStreams::Drain(const Schedule& schedule) {
  const auto events = events_;
  for (const auto& stream : events) {
    schedule([weak = std::weak_ptr(stream)](absl::Duration back) {
      if (const auto alive = weak.lock()) alive->GoAway(back);
    });
  }
  const auto polls = polls_;
  for (const auto& poll : polls) {
    schedule([weak = std::weak_ptr(poll)](absl::Duration /*back*/) {
      if (const auto alive = weak.lock()) alive->GoAway();
    });
  }
}

}  // namespace ledgercast
