#include "edge/sessions/poll.h"

#include <algorithm>
#include <utility>

#include "edge/http/error_response.h"
#include "edge/protocol/event_text.h"
#include "edge/protocol/frames.h"
#include "edge/sessions/watch_request.h"
#include "services/common/base/errors.h"

namespace ledgercast {

std::shared_ptr<Poll> Poll::Make(const ShardContext* context, const Options& options,
                                 v1::PollRequest request, std::shared_ptr<HttpResponder> responder,
                                 std::function<void()> on_end) {
  return std::shared_ptr<Poll>(
      new Poll(context, options, std::move(request), std::move(responder), std::move(on_end)));
}

Poll::Poll(const ShardContext* context, const Options& options, v1::PollRequest request,
           std::shared_ptr<HttpResponder> responder, std::function<void()> on_end)
    : context_(*context),
      options_(options),
      request_(std::move(request)),
      responder_(std::move(responder)),
      on_end_(std::move(on_end)),
      timer_(context->timers) {}

void Poll::Start(std::string token) {
  responder_->OnGone([weak = weak_from_this()] {
    if (const auto alive = weak.lock()) alive->End(std::nullopt);
  });
  token_check_ = TokenCheck::Make(&context_, std::move(token),
                                  context_.clocks.steady() + options_.authenticate_timeout,
                                  [this](const absl::StatusOr<Identity>& identity) {
                                    token_check_.reset();
                                    OnJudged(identity);
                                  });
  token_check_->Judge();
}

void Poll::OnJudged(const absl::StatusOr<Identity>& identity) {
  if (!identity.ok()) return End(ErrorResponse(identity.status()));
  v1::WatchFrame watch;
  watch.set_after(request_.after());
  *watch.mutable_accounts() = request_.accounts();
  const auto reader = MakeReader(context_, *identity, watch);
  if (!reader.ok()) return End(ErrorResponse(reader.status()));
  auto ticket = context_.admission->EnterSubject(identity->subject);
  if (!ticket.ok()) return End(ErrorResponse(ticket.status()));
  of_subject_ = *std::move(ticket);
  const absl::Time now = context_.clocks.steady();
  const absl::Duration wanted =
      request_.has_wait() ? absl::Seconds(request_.wait()) : options_.max_wait;
  give_up_ = now + options_.start_timeout;
  reader_ = *reader;
  identity_ = *identity;
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
  const FrameParts parts = SplitFrame(frame->text());
  if (parts.state == "resync") {
    const Feed& feed = *context_.hub->feed();
    return EndSoon(ErrorResponse(
        CursorUnknown(feed.ledger, feed.CursorText(feed.log.head()),
                      "the cursor is of another ledger or of a history that was rewound")));
  }
  if (parts.state != "transactions") return;
  // The client was not sent frames without transactions, so the answer must begin at the client's
  // own position.
  if (!HasTransactions(parts.data) && !waited_) return;
  EndSoon(HttpResponse::FreshJson(200,
                                  FromAfter(parts.data, context_.hub->feed()->CursorText(start_))));
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
  const Feed& feed = *hub.feed();
  const std::string frame = TransactionsFrameBuilder().Finish(
      feed.CursorText(start_), feed.CursorText(hub.PositionOf(*reader_)),
      /*live=*/reader_->group != nullptr);
  return HttpResponse::FreshJson(200, std::string(SplitFrame(frame).data));
}

void Poll::EndIfRevoked(const RevokedTokens& revoked) {
  if (ending_ || reader_ == nullptr || !revoked.Contains(identity_)) return;
  End(ErrorResponse(TokenRevoked()));
}

std::optional<ClientView> Poll::View() const {
  if (ending_) return std::nullopt;
  ClientView view;
  if (token_check_ == nullptr) view.identity = &identity_;
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
  context_.shard->Post([self = shared_from_this(), response = std::move(response)]() mutable {
    self->End(std::move(response));
  });
}

void Poll::End(std::optional<HttpResponse> response) {
  ending_ = true;
  token_check_.reset();
  timer_.Clear();
  if (const ReaderPtr reader = std::exchange(reader_, nullptr)) context_.hub->Unwatch(reader);
  const auto responder = std::exchange(responder_, nullptr);
  if (responder != nullptr && response.has_value()) responder->Reply(*std::move(response));
  if (const auto on_end = std::exchange(on_end_, nullptr)) on_end();
}

}  // namespace ledgercast
