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

EventStream::EventStream(v1::WatchFrame watch, Birth birth)
    : HttpStream(std::move(birth)), watch_(std::move(watch)) {}

void EventStream::OnJudged(const absl::StatusOr<Identity>& identity) {
  if (!identity.ok()) return Refuse(identity.status());
  const auto reader = Enter(*identity, watch_);
  if (!reader.ok() && !absl::IsOutOfRange(reader.status())) return Refuse(reader.status());
  Open(reader);
}

void EventStream::Open(const absl::StatusOr<ReaderPtr>& reader) {
  const auto responder = std::exchange(responder_, nullptr);
  const auto self = std::static_pointer_cast<EventStream>(shared_from_this());
  socket_ = responder->ReplyEvents(EventsHead(), self);
  if (socket_ == nullptr) return Finish();
  if (!reader.ok()) {
    context_.counts->resyncs.Add(1);
    socket_->Send(context_.make_frame(ResyncFrame(reader.status(), "")));
    return socket_->Close(CloseCode::kNormal, "start again");
  }
  reader_ = *reader;
  reader_->socket = socket_;
  reader_->on_lost = [this] {
    context_.hub->Unwatch(std::exchange(reader_, nullptr));
    socket_->Close(CloseCode::kNormal, "start again");
  };
  context_.hub->Watch(reader_);
  AwaitTokenExpiry(&context_, identity_, socket_, &timer_, [this] {
    socket_->Close(CloseCode::kUnauthenticated, "the token has expired");
  });
}

void EventStream::Refuse(const absl::Status& error) {
  std::exchange(responder_, nullptr)->Reply(ErrorResponse(error));
  Finish();
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
  Finish();
}

}  // namespace ledgercast
