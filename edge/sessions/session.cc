#include "edge/sessions/session.h"

#include <algorithm>
#include <array>
#include <utility>

#include "edge/protocol/errors.h"
#include "edge/protocol/proto_json.h"
#include "edge/sessions/token_expiry.h"
#include "edge/sessions/watch_request.h"
#include "ledgercast/v1/frames.pb.h"
#include "services/common/base/check.h"
#include "services/common/base/errors.h"
#include "services/common/base/proto_time.h"

namespace ledgercast {
std::shared_ptr<Session> Session::Open(const Context* context, Socket* socket,
                                       Handshake handshake) {
  std::shared_ptr<Session> session(new Session(context, socket));
  context->counts->sockets_open.Add(1);
  context->counts->sockets_accepted.Add(1);
  session->timer_.Set(context->clocks.steady() + context->token_times.authenticate_timeout,
                      [raw = session.get()] { raw->OnNoTokenInTime(); });
  if (!handshake.token.empty()) session->Verify(std::move(handshake.token), "");
  return session;
}

void Session::OnClose(int code) {
  LC_CHECK(context_.shard->IsCurrent());
  StopWatching();
  CallOffReads();
  timer_.Clear();
  token_check_.reset();
  state_ = State::kClosed;
  context_.counts->sockets_open.Add(-1);
  context_.counts->CountClose(code);
}

// --- frames ---

void Session::OnMessage(std::string_view text) {
  if (!TakeFrame()) return;
  if (state_ != State::kVerifying) return HandleText(text);
  if (waiting_frames_ == nullptr) waiting_frames_ = std::make_unique<std::deque<std::string>>();
  if (waiting_frames_->size() >= context_.options.max_waiting_frames) {
    return Close(CloseCode::kTooMany, "too many frames before the token was judged");
  }
  waiting_frames_->emplace_back(text);
}

bool Session::TakeFrame() {
  LC_CHECK(context_.shard->IsCurrent());
  if (state_ == State::kClosed) return false;
  if (frames_.Take(context_.options.frames, context_.clocks.steady())) return true;
  Fail(
      MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy, "too many frames a second"),
      "");
  return false;
}

void Session::OnBinary(std::string_view /*bytes*/) {
  LC_CHECK(context_.shard->IsCurrent());
  if (state_ == State::kClosed) return;
  Close(CloseCode::kUnsupportedData, "frames are text");
}

void Session::HandleText(std::string_view text) {
  const absl::StatusOr<ClientFrame> frame = ParseClientFrame(text);
  if (!frame.ok()) return Fail(frame.status(), "");
  Handle(*frame);
}

void Session::Handle(const ClientFrame& frame) {
  struct Handler {
    std::string_view state;
    void (Session::*handle)(const ClientFrame&);
  };
  static constexpr std::array kHandlers = {
      Handler{"authenticate", &Session::OnAuthenticate},
      Handler{"refresh", &Session::OnAuthenticate},
      Handler{"watch", &Session::OnWatch},
      Handler{"unwatch", &Session::OnUnwatch},
      Handler{"ping", &Session::OnPing},
      Handler{"ack", &Session::OnAck},
      Handler{"createTransaction", &Session::OnCreateTransaction},
      Handler{"listTransactions", &Session::OnListTransactions},
      Handler{"getAccount", &Session::OnGetAccount},
      Handler{"digest", &Session::OnDigest},
  };
  if (state_ != State::kAuthenticated && frame.state != "authenticate") {
    return Fail(MakeError(absl::StatusCode::kUnauthenticated, reason::kTokenMissing,
                          "the first frame must be `authenticate`"),
                frame.id);
  }
  const auto handler = std::find_if(kHandlers.begin(), kHandlers.end(),
                                    [&frame](const Handler& h) { return h.state == frame.state; });
  if (handler == kHandlers.end()) {
    return Fail(InvalidField("state", "is not one of the protocol"), frame.id);
  }
  (this->*handler->handle)(frame);
}

// --- who it is ---

void Session::OnAuthenticate(const ClientFrame& frame) {
  v1::AuthenticateFrame data;
  if (const absl::Status status = ParseData(frame, &data); !status.ok()) {
    return Fail(status, frame.id);
  }
  Verify(std::move(*data.mutable_token()), frame.id);
}

void Session::Verify(std::string token, std::string request_id) {
  state_ = State::kVerifying;
  if (!identity_.has_value()) timer_.Clear();
  token_check_ = TokenCheck::Make(
      &context_, std::move(token),
      [this, request_id = std::move(request_id)](const absl::StatusOr<Identity>& identity) {
        const auto check = std::exchange(token_check_, nullptr);
        OnJudged(identity, check->token(), request_id);
      });
  token_check_->Judge();
}

void Session::OnJudged(const absl::StatusOr<Identity>& identity, const std::string& token,
                       const std::string& request_id) {
  if (identity.ok()) return Accept(*identity, token, request_id);
  if (!absl::IsUnavailable(identity.status()) || !identity_.has_value()) {
    return Fail(identity.status(), request_id);
  }
  // The previous token is as good as it was.
  state_ = State::kAuthenticated;
  Refuse(identity.status(), request_id);
  HandleWaitingFrames();
}

void Session::Accept(const Identity& identity, const std::string& token,
                     const std::string& request_id) {
  if (identity_.has_value()) {
    if (identity_->subject != identity.subject) {
      return Fail(MakeError(absl::StatusCode::kPermissionDenied, reason::kNotAllowed,
                            "this token is another's"),
                  request_id);
    }
    // What the client watches was judged by what the first token may see.
    if (identity_->role != identity.role || identity_->accounts != identity.accounts) {
      return Fail(MakeError(absl::StatusCode::kUnauthenticated, reason::kTokenInvalid,
                            "this token may see other accounts than before: connect with it anew"),
                  request_id);
    }
  }
  if (!identity_.has_value()) {
    auto ticket = context_.admission->EnterSubject(identity.subject);
    if (!ticket.ok()) return Fail(ticket.status(), request_id);
    of_subject_ = *std::move(ticket);
  }
  identity_ = identity;
  token_ = token;
  state_ = State::kAuthenticated;
  v1::AuthenticatedFrame frame;
  frame.set_subject(identity.subject);
  frame.set_admin(identity.is_admin());
  *frame.mutable_expires_at() = ToProto(identity.expires_at);
  frame.set_ledger(context_.hub->feed()->ledger);
  Send(Frame("authenticated", ToJson(frame), request_id));
  AwaitTokenExpiry(&context_, identity, socket_, &timer_, [this] { OnTokenExpired(); });
  HandleWaitingFrames();
}

void Session::HandleWaitingFrames() {
  // One of the frames may bring a token again; the frames after it then go on waiting.
  while (state_ == State::kAuthenticated && waiting_frames_ != nullptr) {
    const std::string text = std::move(waiting_frames_->front());
    waiting_frames_->pop_front();
    if (waiting_frames_->empty()) waiting_frames_.reset();
    HandleText(text);
  }
}

void Session::OnTokenExpired() {
  Fail(
      MakeError(absl::StatusCode::kUnauthenticated, reason::kTokenExpired, "the token has expired"),
      "");
}

void Session::OnNoTokenInTime() { Close(CloseCode::kNoTokenInTime, "no token in time"); }

// --- leaving ---

void Session::EndIfRevoked(const RevokedTokens& revoked) {
  LC_CHECK(context_.shard->IsCurrent());
  if (state_ == State::kClosed || !identity_.has_value()) return;
  if (revoked.Contains(*identity_)) Fail(TokenRevoked(), "");
}

std::optional<ClientView> Session::View() const {
  LC_CHECK(context_.shard->IsCurrent());
  if (state_ == State::kClosed) return std::nullopt;
  ClientView view;
  if (identity_.has_value()) view.identity = &*identity_;
  view.watch = watch_.get();
  if (acknowledged_.sequence >= 0) view.acknowledged = &acknowledged_;
  view.socket = socket_;
  return view;
}

void Session::GoAway(absl::Duration reconnect_after) {
  LC_CHECK(context_.shard->IsCurrent());
  if (state_ == State::kClosed) return;
  socket_->Send(GoingAway(context_, watch_.get(), reconnect_after));
  Close(CloseCode::kGoingAway, "going away");
}

void Session::Send(FrameText frame) {
  if (socket_->queued_bytes() > context_.options.max_unread_bytes) {
    return Close(CloseCode::kTooMany, "asks without reading the answers");
  }
  socket_->Send(context_.make_frame(std::move(frame)));
}

void Session::Refuse(const absl::Status& error, std::string_view request_id) {
  Send(ErrorFrame(error, request_id));
}

void Session::Fail(const absl::Status& error, std::string_view request_id) {
  Refuse(error, request_id);
  Close(CloseCodeOf(error), MessageOf(error));
}

void Session::Close(CloseCode code, std::string_view reason) {
  StopWatching();
  CallOffReads();
  timer_.Clear();
  token_check_.reset();
  waiting_frames_.reset();
  state_ = State::kClosed;
  socket_->Close(code, reason);
}

}  // namespace ledgercast
