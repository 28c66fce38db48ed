#include "edge/sessions/poll.h"

#include <algorithm>
#include <utility>

#include "edge/http/error_response.h"
#include "edge/protocol/frames.h"
#include "edge/sessions/watch_request.h"
#include "services/common/base/errors.h"

namespace ledgercast {

Poll::Poll(const Options& options, v1::PollRequest request, Birth birth)
    : HttpStream(std::move(birth)), options_(options), request_(std::move(request)) {}

void Poll::OnJudged(const absl::StatusOr<Identity>& identity) {
  if (!identity.ok()) return End(ErrorResponse(identity.status()));
  v1::WatchFrame watch;
  watch.set_after(request_.after());
  *watch.mutable_accounts() = request_.accounts();
  const auto reader = Enter(*identity, watch);
  if (!reader.ok()) return End(ErrorResponse(reader.status()));
  const absl::Time now = context_.clocks.steady();
  const absl::Duration wanted =
      request_.has_wait() ? absl::Seconds(request_.wait()) : options_.max_wait;
  give_up_ = now + options_.start_timeout;
  reader_ = *reader;
  start_ = reader_->position;
  reader_->socket = this;
  reader_->quiet_start = true;
  reader_->on_lost = [this] { context_.hub->Unwatch(std::exchange(reader_, nullptr)); };
  context_.hub->Watch(reader_);
  // Nobody is shown anything after its token has expired.
  const absl::Duration good_for = identity->expires_at - context_.clocks.wall();
  timer_.Set(now + std::min({wanted, options_.max_wait, good_for}), [this] { OnWaited(); });
}

void Poll::Send(const FramePtr& frame) {
  if (ending_) return;
  if (frame->state() == "resync") {
    const Feed& feed = *context_.hub->feed();
    return EndSoon(ErrorResponse(
        CursorUnknown(feed.ledger, feed.CursorText(feed.log.head()),
                      "the cursor is of another ledger or of a history that was rewound")));
  }
  if (frame->state() != "transactions") return;
  if (frame->transactions().empty() && !waited_) return;
  EndSoon(Answer(frame->transactions(), frame->cursor(), frame->live()));
}

void Poll::Close(CloseCode /*code*/, std::string_view reason) {
  if (ending_) return;
  EndSoon(ErrorResponse(
      MakeError(absl::StatusCode::kUnavailable, reason::kServiceUnavailable, reason)));
}

void Poll::OnWaited() {
  if (ending_) return;
  waited_ = true;
  const bool judged = reader_ != nullptr && reader_->started;
  const bool at_head = judged && reader_->group != nullptr;
  // A client that does not want to wait still wants what is there, so a reader behind gets more
  // time.
  if (at_head) return End(EmptyAnswer());
  const absl::Time now = context_.clocks.steady();
  if (now < give_up_) return timer_.Set(give_up_, [this] { OnWaited(); });
  if (judged) return End(EmptyAnswer());
  End(ErrorResponse(MakeError(absl::StatusCode::kUnavailable, reason::kServiceUnavailable,
                              "the service cannot be asked about the cursor; try again")));
}

HttpResponse Poll::EmptyAnswer() const {
  const Hub& hub = *context_.hub;
  return Answer("", hub.feed()->CursorText(hub.PositionOf(*reader_)),
                /*live=*/reader_->group != nullptr);
}

HttpResponse Poll::Answer(std::string_view transactions, std::string_view cursor, bool live) const {
  // The client was told nothing of frames without transactions, so this begins where it stands.
  const std::string after = context_.hub->feed()->CursorText(start_);
  return HttpResponse::FreshJson(200, TransactionsData(transactions, after, cursor, live));
}

void Poll::EndIfRevoked(const RevokedTokens& revoked) {
  if (ending_ || reader_ == nullptr || !revoked.Contains(identity_)) return;
  End(ErrorResponse(TokenRevoked()));
}

std::optional<ClientView> Poll::View() const {
  if (ending_) return std::nullopt;
  ClientView view;
  if (is_judged()) view.identity = &identity_;
  view.reader = reader_.get();
  view.socket = this;
  return view;
}

void Poll::GoAway() {
  if (ending_) return;
  if (reader_ != nullptr && reader_->started) return End(EmptyAnswer());
  End(ErrorResponse(
      MakeError(absl::StatusCode::kUnavailable, reason::kShuttingDown, "going away")));
}

void Poll::EndSoon(HttpResponse response) {
  ending_ = true;
  context_.shard->Post(
      [self = std::static_pointer_cast<Poll>(shared_from_this()),
       response = std::move(response)]() mutable { self->End(std::move(response)); });
}

void Poll::End(std::optional<HttpResponse> response) {
  ending_ = true;
  const auto responder = std::exchange(responder_, nullptr);
  if (responder != nullptr && response.has_value()) responder->Reply(*std::move(response));
  Finish();
}

}  // namespace ledgercast
