#include "edge/sessions/event_stream.h"

#include <utility>

#include "edge/http/error_response.h"
#include "edge/protocol/frames.h"
#include "edge/sessions/token_expiry.h"
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

EventStream::EventStream(v1::WatchFrame wanted, Birth birth)
    : HttpStream(std::move(birth)), wanted_(std::move(wanted)) {}

void EventStream::OnJudged(const absl::StatusOr<Identity>& identity) {
  if (!identity.ok()) return Refuse(identity.status());
  const auto watch = Enter(*identity, wanted_);
  if (!watch.ok() && !absl::IsOutOfRange(watch.status())) return Refuse(watch.status());
  Open(watch);
}

void EventStream::Open(const absl::StatusOr<WatchPtr>& watch) {
  const auto responder = std::exchange(responder_, nullptr);
  const auto self = std::static_pointer_cast<EventStream>(shared_from_this());
  socket_ = responder->ReplyEvents(EventsHead(), self);
  if (socket_ == nullptr) return Finish();
  if (!watch.ok()) {
    context_.counts->resyncs.Add(1);
    socket_->Send(context_.make_frame(ResyncFrame(watch.status(), "")));
    return socket_->Close(CloseCode::kNormal, "start again");
  }
  watch_ = *watch;
  watch_->socket = socket_;
  watch_->on_lost = [this] {
    context_.hub->Remove(std::exchange(watch_, nullptr));
    socket_->Close(CloseCode::kNormal, "start again");
  };
  context_.hub->Add(watch_);
  AwaitTokenExpiry(&context_, identity_, socket_, &timer_, [this] {
    socket_->Close(CloseCode::kUnauthenticated, "the token has expired");
  });
}

void EventStream::Refuse(const absl::Status& error) {
  std::exchange(responder_, nullptr)->Reply(ErrorResponse(error));
  Finish();
}

void EventStream::EndIfRevoked(const RevokedTokens& revoked) {
  if (watch_ == nullptr || !revoked.Contains(identity_)) return;
  socket_->Close(CloseCode::kUnauthenticated, MessageOf(TokenRevoked()));
}

std::optional<ClientView> EventStream::View() const {
  if (socket_ == nullptr && responder_ == nullptr) return std::nullopt;
  ClientView view;
  if (socket_ != nullptr) view.identity = &identity_;
  view.watch = watch_.get();
  view.socket = socket_;
  view.responder = responder_.get();
  return view;
}

void EventStream::GoAway(absl::Duration reconnect_after) {
  if (socket_ == nullptr) {
    return Refuse(MakeError(absl::StatusCode::kUnavailable, reason::kShuttingDown, "going away"));
  }
  socket_->Send(GoingAway(context_, watch_.get(), reconnect_after));
  socket_->Close(CloseCode::kGoingAway, "going away");
}

void EventStream::OnClose(int /*code*/) {
  socket_ = nullptr;
  Finish();
}

}  // namespace ledgercast
