#include "edge/sessions/event_stream.h"

#include <utility>

#include "edge/http/error_response.h"
#include "edge/protocol/frames.h"
#include "edge/sessions/watch_request.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

HttpResponse EventsHead() {
  HttpResponse head;
  head.content_type = "text/event-stream";
  head.headers.emplace_back("Cache-Control", "no-store");
  // Without this header nginx would hold events back until its buffer is full.
  head.headers.emplace_back("X-Accel-Buffering", "no");
  return head;
}

}  // namespace

std::shared_ptr<EventStream> EventStream::Make(const ShardContext* context, const Options& options,
                                               v1::WatchFrame watch,
                                               std::shared_ptr<HttpResponder> responder,
                                               std::function<void()> on_end) {
  return std::shared_ptr<EventStream>(
      new EventStream(context, options, std::move(watch), std::move(responder), std::move(on_end)));
}

EventStream::EventStream(const ShardContext* context, const Options& options, v1::WatchFrame watch,
                         std::shared_ptr<HttpResponder> responder, std::function<void()> on_end)
    : context_(*context),
      options_(options),
      watch_(std::move(watch)),
      responder_(std::move(responder)),
      on_end_(std::move(on_end)),
      timer_(context->timers) {}

void EventStream::Start(std::string token) {
  responder_->OnGone([weak = weak_from_this()] {
    if (const auto alive = weak.lock()) alive->End();
  });
  token_check_ = TokenCheck::Make(&context_, std::move(token),
                                  context_.clocks.steady() + options_.authenticate_timeout,
                                  [this](const absl::StatusOr<Identity>& identity) {
                                    token_check_.reset();
                                    OnJudged(identity);
                                  });
  token_check_->Judge();
}

void EventStream::OnJudged(const absl::StatusOr<Identity>& identity) {
  if (!identity.ok()) return Refuse(identity.status());
  Open(*identity);
}

void EventStream::Open(const Identity& identity) {
  const auto reader = MakeReader(context_, identity, watch_);
  const bool unknown = absl::IsOutOfRange(reader.status());
  if (!reader.ok() && !unknown) return Refuse(reader.status());
  auto ticket = context_.admission->EnterSubject(identity.subject);
  if (!ticket.ok()) return Refuse(ticket.status());
  of_subject_ = *std::move(ticket);
  identity_ = identity;
  const auto responder = std::exchange(responder_, nullptr);
  socket_ = responder->ReplyEvents(EventsHead(), shared_from_this());
  if (socket_ == nullptr) return End();
  if (unknown) {
    context_.counts->resyncs.Add(1);
    socket_->Send(context_.make_frame(ResyncFrame(reader.status(), ""), ""));
    return socket_->Close(CloseCode::kNormal, "start again");
  }
  reader_ = *reader;
  reader_->socket = socket_;
  reader_->on_lost = [this] {
    context_.hub->Unwatch(std::exchange(reader_, nullptr));
    socket_->Close(CloseCode::kNormal, "start again");
  };
  context_.hub->Watch(reader_);
  const absl::Time wall = context_.clocks.wall();
  timer_.Set(
      context_.clocks.steady() + ReauthenticateIn(identity, wall, options_.reauthenticate_lead),
      [this] { OnTokenEnding(); });
}

void EventStream::Refuse(const absl::Status& error) {
  std::exchange(responder_, nullptr)->Reply(ErrorResponse(error));
  End();
}

void EventStream::OnTokenEnding() {
  const absl::Duration left = identity_.expires_at - context_.clocks.wall();
  if (left <= absl::ZeroDuration()) {
    return socket_->Close(CloseCode::kUnauthenticated, "the token has expired");
  }
  socket_->Send(Reauthenticate(context_, identity_.expires_at));
  timer_.Set(context_.clocks.steady() + left, [this] { OnTokenEnding(); });
}

void EventStream::EndIfRevoked(const RevokedTokens& revoked) {
  if (reader_ == nullptr || !revoked.Contains(identity_)) return;
  socket_->Close(CloseCode::kUnauthenticated, MessageOf(TokenRevoked()));
}

std::optional<ClientView> EventStream::View() const {
  if (socket_ == nullptr && responder_ == nullptr) return std::nullopt;
  ClientView view;
  if (socket_ != nullptr) view.identity = &identity_;
  view.reader = reader_.get();
  view.socket = socket_;
  view.responder = responder_.get();
  return view;
}

void EventStream::GoAway(absl::Duration reconnect_after) {
  if (socket_ == nullptr) {
    return Refuse(MakeError(absl::StatusCode::kUnavailable, reason::kShuttingDown, "going away"));
  }
  socket_->Send(GoingAway(context_, reader_.get(), reconnect_after));
  socket_->Close(CloseCode::kGoingAway, "going away");
}

void EventStream::OnClose(int /*code*/) {
  socket_ = nullptr;
  if (const ReaderPtr reader = std::exchange(reader_, nullptr)) context_.hub->Unwatch(reader);
  End();
}

void EventStream::End() {
  token_check_.reset();
  timer_.Clear();
  if (const auto on_end = std::exchange(on_end_, nullptr)) on_end();
}

}  // namespace ledgercast
