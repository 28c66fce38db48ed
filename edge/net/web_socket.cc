#include "edge/net/web_socket.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <typeinfo>

#include "edge/net/tcp.h"
#include "services/common/base/check.h"
#include "services/common/base/clock.h"
#include "services/common/base/utf8.h"

namespace ledgercast {
namespace {

namespace ws = websocketpp;
namespace opcode = websocketpp::frame::opcode;

constexpr size_t kMaxCloseReasonBytes = 123;  // The protocol allows 125 with the code.
constexpr size_t kMaxDrainedBytes = 8 << 20;
// Maximum number of pieces that are handed to the kernel at once.
constexpr size_t kMaxPiecesAtOnce = 64;
// The edge's pings have no payload.
constexpr std::string_view kPing("\x89\x00", 2);

std::string WireBytes(opcode::value kind, std::string_view payload, bool compressed = false) {
  std::string bytes =
      ws::frame::prepare_header({kind, payload.size(), /*fin=*/true, /*mask=*/false, compressed},
                                ws::frame::extended_header(payload.size()));
  bytes.append(payload);
  return bytes;
}

}  // namespace

PreparedFrame::PreparedFrame(opcode::value kind, FrameText frame)
    : WireFrame(std::move(frame.parts)),
      opcode_(kind),
      payload_bytes_(frame.text.size()),
      bytes_(WireBytes(kind, frame.text)) {}

const std::string& PreparedFrame::deflated(Deflater* deflater) const {
  if (!deflated_.has_value()) {
    const auto payload = deflater->Deflate(text());
    deflated_ = payload.has_value() ? WireBytes(opcode_, *payload, /*compressed=*/true) : bytes_;
  }
  return *deflated_;
}

WebSocket::WebSocket(Context* context, Tcp tcp, Deflater* deflater, Admitted admitted)
    : fd_(tcp.native_handle()),
      deflater_(deflater),
      context_(*context),
      tcp_(std::move(tcp)),
      admitted_(std::move(admitted)) {}

void WebSocket::Open(Handshake handshake) {
  keep_alive_.emplace(
      context_.options.keep_alive, context_.timers, [this] { Write(nullptr, kPing, {}); },
      [this] { Break(); });
  handler_ = context_.handler->OnOpen(this, std::move(handshake));
}

void WebSocket::Start(char* early, size_t early_bytes) {
  if (early_bytes > 0) Take(early, early_bytes);
  AwaitReadable();
}

void WebSocket::Abandon() {
  state_ = State::kEnded;
  keep_alive_.reset();
  deadline_.reset();
  asio::error_code error;
  tcp_.close(error);
}

// --- writing ---

std::string_view WebSocket::WireOf(const FramePtr& frame) const {
  const WireFrame& wire = *frame;
  LC_CHECK(typeid(wire) == typeid(PreparedFrame)) << "a socket sends what MakeWireFrame() made";
  const auto& prepared = static_cast<const PreparedFrame&>(wire);
  return deflater_ == nullptr ? prepared.bytes() : prepared.deflated(deflater_);
}

void WebSocket::SendWithPing(const FramePtr& frame) {
  if (state_ != State::kOpen) return;
  const bool pings = keep_alive_->PingsAlong();
  Write(frame, WireOf(frame), pings ? kPing : std::string_view());
}

void WebSocket::Write(const std::shared_ptr<const void>& owner, std::string_view bytes,
                      std::string_view more) {
  if (state_ != State::kOpen) return;
  size_t written = 0;
  if (outbox_ == nullptr) {
    written = more.empty() ? WriteNow(fd_, bytes) : WriteNow(fd_, bytes, more);
    context_.sent_bytes->Add(static_cast<int64_t>(written));
    if (written == bytes.size() + more.size()) return;
  }
  const size_t of_bytes = std::min(written, bytes.size());
  if (of_bytes < bytes.size()) Queue({owner, bytes.substr(of_bytes)});
  if (!more.empty()) Queue({nullptr, more.substr(written - of_bytes)});
}

void WebSocket::WriteOwn(std::string bytes) {
  const auto owner = std::make_shared<const std::string>(std::move(bytes));
  Write(owner, *owner, {});
}

void WebSocket::Queue(Piece piece) {
  if (outbox_ == nullptr) {
    outbox_ = std::make_unique<Outbox>();
    AwaitWritable();
  } else {
    outbox_->queued_bytes += piece.bytes.size();
  }
  outbox_->pieces.push_back(std::move(piece));
}

void WebSocket::AwaitWritable() {
  tcp_.async_wait(Tcp::wait_write, [self = shared_from_this()](const asio::error_code& error) {
    if (!error) self->OnWritable();
  });
}

void WebSocket::OnWritable() {
  if (state_ == State::kEnded || outbox_ == nullptr) return;
  std::vector<Piece>& pieces = outbox_->pieces;
  std::array<iovec, kMaxPiecesAtOnce> parts;
  const size_t count = std::min(pieces.size(), parts.size());
  for (size_t i = 0; i < count; ++i) {
    parts[i] = {const_cast<char*>(pieces[i].bytes.data()), pieces[i].bytes.size()};
  }
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = count;
  const ssize_t sent = sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return Break();
  auto left = static_cast<size_t>(std::max<ssize_t>(sent, 0));
  context_.sent_bytes->Add(static_cast<int64_t>(left));
  size_t taken = 0;
  while (taken < count && left >= pieces[taken].bytes.size()) left -= pieces[taken++].bytes.size();
  if (taken == pieces.size()) {
    outbox_.reset();
    if (finishes_) Shutdown();
    return;
  }
  pieces[taken].bytes.remove_prefix(left);
  pieces.erase(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(taken));
  outbox_->queued_bytes = 0;
  for (size_t i = 1; i < pieces.size(); ++i) outbox_->queued_bytes += pieces[i].bytes.size();
  AwaitWritable();
}

// --- reading ---

void WebSocket::AwaitReadable() {
  if (state_ == State::kEnded) return;
  tcp_.async_wait(Tcp::wait_read, [self = shared_from_this()](const asio::error_code& error) {
    if (!error) self->OnReadable();
  });
}

void WebSocket::OnReadable() {
  if (state_ == State::kEnded) return;
  auto& buffer = context_.read_buffer;
  const ssize_t got = recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return End();
  if (got > 0) {
    if (state_ == State::kDraining) {
      drained_bytes_ += static_cast<size_t>(got);
      if (drained_bytes_ > kMaxDrainedBytes) return End();
    } else {
      Take(buffer.data(), static_cast<size_t>(got));
    }
  }
  AwaitReadable();
}

void WebSocket::Take(char* bytes, size_t size) {
  // The library removes the mask in place.
  auto* at = reinterpret_cast<uint8_t*>(bytes);
  uint8_t* const end = at + size;
  auto reader = reader_ != nullptr ? std::move(reader_) : std::move(context_.spare_reader);
  if (reader == nullptr) {
    reader = std::make_unique<FrameReader>(context_.options.max_message_bytes);
  }
  reader->AllowCompressed(deflater_ != nullptr);
  while (at < end && (state_ == State::kOpen || state_ == State::kClosing)) {
    ws::lib::error_code error;
    at += reader->consume(at, static_cast<size_t>(end - at), error);
    if (error) {
      // After an error the rest of the bytes cannot be parsed.
      const CloseStatus code = ws::processor::error::to_ws(error);
      if (state_ == State::kOpen) SendClose(code, error.message());
      return Finish();
    }
    if (reader->ready()) OnFrame(*reader->get_message());
  }
  if (!reader->between_messages()) {
    reader_ = std::move(reader);
  } else if (context_.spare_reader == nullptr) {
    context_.spare_reader = std::move(reader);
  }
}

void WebSocket::OnFrame(const Message& message) {
  const std::string& payload = message.get_payload();
  const opcode::value kind = message.get_opcode();
  if (kind == opcode::close) return OnCloseFrame(payload);
  // Frames that come after our close frame are ignored.
  if (state_ != State::kOpen) return;
  keep_alive_->OnSign();
  // The call may reset `handler_`, so this keeps the handler alive.
  const std::shared_ptr<SocketHandler> handler = handler_;
  if (kind == opcode::text) return handler->OnMessage(payload);
  if (kind == opcode::binary) return handler->OnBinary(payload);
  handler->OnControlFrame();
  if (kind == opcode::ping && queued_bytes() < context_.options.max_unread_pong_bytes) {
    WriteOwn(WireBytes(opcode::pong, payload));
  }
}

// --- closing ---

void WebSocket::OnCloseFrame(const std::string& payload) {
  if (state_ == State::kOpen) {
    ws::lib::error_code error;
    CloseStatus code = ws::close::extract_code(payload, error);
    std::string reason;
    if (!error) reason = ws::close::extract_reason(payload, error);
    if (error) {
      code = ws::close::status::protocol_error;
      reason = "Invalid close frame";
    } else if (code == ws::close::status::no_status) {
      code = ws::close::status::normal;
    }
    SendClose(code, reason);
  }
  Finish();
}

void WebSocket::Close(CloseCode code, std::string_view reason) {
  if (state_ != State::kOpen) return;
  SendClose(static_cast<CloseStatus>(code), reason);
  SetDeadline(&WebSocket::Break);
}

void WebSocket::SendClose(CloseStatus code, std::string_view reason) {
  close_code_ = code;
  const char bytes[] = {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
  std::string payload(bytes, sizeof(bytes));
  payload.append(TruncateUtf8(reason, kMaxCloseReasonBytes));
  WriteOwn(WireBytes(opcode::close, payload));
  state_ = State::kClosing;
  keep_alive_.reset();
}

void WebSocket::Finish() {
  finishes_ = true;
  if (outbox_ == nullptr) return Shutdown();
  SetDeadline(&WebSocket::Break);
}

void WebSocket::Shutdown() {
  if (state_ == State::kDraining || state_ == State::kEnded) return;
  state_ = State::kDraining;
  keep_alive_.reset();
  outbox_.reset();
  asio::error_code error;
  tcp_.shutdown(Tcp::shutdown_send, error);
  SetDeadline(&WebSocket::End);
}

void WebSocket::Break() {
  if (close_code_ == 0) close_code_ = kAbnormalClose;
  Shutdown();
}

void WebSocket::End() {
  if (state_ == State::kEnded) return;
  const auto self = shared_from_this();
  Abandon();
  const auto handler = std::exchange(handler_, nullptr);
  handler->OnClose(close_code_ == 0 ? kAbnormalClose : close_code_);
  context_.closed(self);
}

void WebSocket::SetDeadline(void (WebSocket::*action)()) {
  if (!deadline_.has_value()) deadline_.emplace(context_.timers);
  deadline_->Set(SteadyNow() + context_.options.close_timeout,
                 [this, action] { (this->*action)(); });
}

}  // namespace ledgercast
