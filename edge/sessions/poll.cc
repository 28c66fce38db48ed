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
  v1::WatchFrame wanted;
  wanted.set_after(request_.after());
  *wanted.mutable_accounts() = request_.accounts();
  const auto watch = Enter(*identity, wanted);
  if (!watch.ok()) return End(ErrorResponse(watch.status()));
  const absl::Time now = context_.clocks.steady();
  const absl::Duration wait =
      request_.has_wait() ? absl::Seconds(request_.wait()) : options_.max_wait;
  give_up_ = now + options_.start_timeout;
  watch_ = *watch;
  start_ = watch_->position;
  watch_->socket = this;
  watch_->quiet_start = true;
  watch_->on_lost = [this] { context_.hub->Remove(std::exchange(watch_, nullptr)); };
  context_.hub->Add(watch_);
  // Nobody is shown anything after its token has expired.
  const absl::Duration good_for = identity->expires_at - context_.clocks.wall();
  timer_.Set(now + std::min({wait, options_.max_wait, good_for}), [this] { OnWaited(); });
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
  const bool judged = watch_ != nullptr && watch_->started;
  const bool at_head = judged && watch_->group != nullptr;
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
  return Answer("", hub.feed()->CursorText(hub.PositionOf(*watch_)),
                /*live=*/watch_->group != nullptr);
}

HttpResponse Poll::Answer(std::string_view transactions, std::string_view cursor, bool live) const {
  // The client was told nothing of frames without transactions, so this begins where it stands.
  const std::string after = context_.hub->feed()->CursorText(start_);
  return HttpResponse::FreshJson(200, TransactionsData(transactions, after, cursor, live));
}

void Poll::EndIfRevoked(const RevokedTokens& revoked) {
  if (ending_ || watch_ == nullptr || !revoked.Contains(identity_)) return;
  End(ErrorResponse(TokenRevoked()));
}

std::optional<ClientView> Poll::View() const {
  if (ending_) return std::nullopt;
  ClientView view;
  if (is_judged()) view.identity = &identity_;
  view.watch = watch_.get();
  view.socket = this;
  return view;
}

void Poll::GoAway() {
  if (ending_) return;
  if (watch_ != nullptr && watch_->started) return End(EmptyAnswer());
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
