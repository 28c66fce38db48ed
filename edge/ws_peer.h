#ifndef EDGE_WS_PEER_H_
#define EDGE_WS_PEER_H_

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "edge/event_socket.h"
#include "edge/socket.h"
#include "edge/ws_library.h"
#include "services/common/utf8.h"

// Shows a connection of the WebSocket library to the rest of the edge: as a socket once it was
// upgraded, or as an HTTP request to be answered. Only ws_shard.cc includes this.
namespace ledgercast {

namespace ws = websocketpp;

using Endpoint = ws::server<WsConfig>;
using Peer = Endpoint::connection_type;
using PeerPtr = Endpoint::connection_ptr;
using Message = WsConfig::message_type;

inline constexpr size_t kMaxCloseReasonBytes = 123;  // The protocol allows 125 with the code.

// Makes a message that goes over the wire as it is; it is read-only from then on.
inline Message::ptr MakeBytes(ws::frame::opcode::value opcode, std::string header,
                              std::string payload) {
  auto message = std::make_shared<Message>(nullptr, opcode, 0);
  message->set_header(std::move(header));
  message->get_raw_payload() = std::move(payload);
  message->set_prepared(true);
  return message;
}

// Makes a whole message with its header.
inline Message::ptr MakeMessage(ws::frame::opcode::value opcode, std::string payload,
                                bool compressed = false) {
  std::string header =
      ws::frame::prepare_header({opcode, payload.size(), /*fin=*/true, /*mask=*/false, compressed},
                                ws::frame::extended_header(payload.size()));
  return MakeBytes(opcode, std::move(header), std::move(payload));
}

class PreparedFrame : public WireFrame {
 public:
  PreparedFrame(Message::ptr its_message, std::string cursor)
      : WireFrame(std::move(cursor)), message_(std::move(its_message)) {}
  std::string_view text() const override { return message_->get_payload(); }

  const Message::ptr& message() const { return message_; }
  // Returns the message compressed if that is worth it; made when first asked for.
  const Message::ptr& deflated(Deflater* deflater) const {
    if (deflated_ == nullptr) {
      auto payload = deflater->Deflate(text());
      deflated_ = payload.has_value() ? MakeMessage(message_->get_opcode(), *std::move(payload),
                                                    /*compressed=*/true)
                                      : message_;
    }
    return deflated_;
  }

 private:
  const Message::ptr message_;
  mutable Message::ptr deflated_;
};

// Writes to the kernel directly, since the library's way, through its queue and then Asio's, costs
// more than the write. What the kernel does not take at once goes to the library, and so does all
// that follows. Bytes must never overtake each other, so everything that the library would write
// while the socket is open goes through here: pings and pongs as well.
class ClientSocket : public Socket {
 public:
  // `deflater` if the peer has agreed to compression, else null; outlives this.
  ClientSocket(Peer* peer, Deflater* deflater) : peer_(peer), deflater_(deflater) {}

  void Send(const FramePtr& frame) override {
    const auto& prepared = static_cast<const PreparedFrame&>(*frame);
    Write(deflater_ == nullptr ? prepared.message() : prepared.deflated(deflater_));
  }

  void Ping() { Write(MakeMessage(ws::frame::opcode::ping, "")); }
  void Pong(const std::string& payload) { Write(MakeMessage(ws::frame::opcode::pong, payload)); }

  void Close(CloseCode code, std::string_view reason) override {
    peer_->OnClosing(static_cast<int>(code));
    ws::lib::error_code error;
    peer_->close(static_cast<ws::close::status::value>(code),
                 std::string(TruncateUtf8(reason, kMaxCloseReasonBytes)), error);
  }

  bool write_pending() const override { return marker_ != nullptr && marker_.use_count() > 1; }
  size_t queued_bytes() const override { return peer_->get_buffered_amount(); }
  Link link() const override { return LinkOf(peer_->get_raw_socket().native_handle()); }

 private:
  void Write(const Message::ptr& message) {
    if (peer_->get_state() != ws::session::state::open) return;
    if (write_pending()) return Queue(message);
    const std::string& head = message->get_header();
    const std::string& body = message->get_payload();
    const size_t written = WriteNow(peer_->get_raw_socket().native_handle(), head, body);
    if (written == head.size() + body.size()) return;
    if (written == 0) return Queue(message);
    const size_t of_head = std::min(written, head.size());
    Queue(MakeBytes(message->get_opcode(), head.substr(of_head), body.substr(written - of_head)));
  }

  void Queue(const Message::ptr& message) {
    if (peer_->send(message)) return;
    if (marker_ == nullptr) marker_ = MakeBytes(ws::frame::opcode::text, "", "");
    (void)peer_->send(marker_);
  }

  Peer* const peer_;
  Deflater* const deflater_;
  // An empty message queued after every message that the library gets. The library releases both
  // once they are written, which tells that the write has finished. Most sockets never have one.
  Message::ptr marker_;
};

inline void Fill(const HttpResponse& response, Peer* peer) {
  peer->set_status(static_cast<ws::http::status_code::value>(response.status));
  if (response.body != nullptr) {
    peer->append_header("Content-Type", response.content_type);
    peer->set_body(*response.body);
  }
  peer->append_header("Connection", "close");
  // A header that is given twice is a list, such as Vary.
  for (const auto& [name, value] : response.headers) peer->append_header(name, value);
}

// Returns the head of an answer whose body ends with the connection.
inline std::string StreamHead(const HttpResponse& response) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) +
                     " OK\r\nContent-Type: " + response.content_type + "\r\nConnection: close\r\n";
  for (const auto& [name, value] : response.headers) head += name + ": " + value + "\r\n";
  return head + "\r\n";
}

inline void DropHttp(Peer* peer) {
  peer->terminate(ws::error::make_error_code(ws::error::http_connection_ended));
}

class Responder : public HttpResponder {
 public:
  Responder(PeerPtr peer, const KeepAlive::Options& keep_alive, Timers* timers)
      : peer_(std::move(peer)), keep_alive_(keep_alive), timers_(timers) {}

  void Reply(HttpResponse response) override {
    const PeerPtr peer = std::exchange(peer_, nullptr);
    // Timed out, or answered before.
    if (peer == nullptr || peer->get_state() != ws::session::state::connecting) return;
    Fill(response, peer.get());
    ws::lib::error_code error;
    peer->send_http_response(error);
  }

  Socket* ReplyEvents(HttpResponse head, std::shared_ptr<SocketHandler> handler) override {
    const PeerPtr peer = std::exchange(peer_, nullptr);
    if (peer == nullptr || peer->get_state() != ws::session::state::connecting) return nullptr;
    peer->ClearDeadline();
    *waits_ = false;
    const auto on_end = [raw = peer.get(), handler = std::move(handler)](int code) {
      handler->OnClose(code);
      DropHttp(raw);
    };
    return EventSocket::Start(&peer->get_raw_socket(), peer, StreamHead(head), keep_alive_, timers_,
                              on_end)
        .get();
  }

  Link link() const override {
    return peer_ == nullptr ? Link() : LinkOf(peer_->get_raw_socket().native_handle());
  }

  void OnGone(std::function<void()> gone) override {
    if (peer_ == nullptr) return;
    const std::weak_ptr<Peer> weak = peer_;
    WatchForEnd(&peer_->get_raw_socket(), peer_, [weak, waits = waits_, gone = std::move(gone)] {
      const PeerPtr peer = weak.lock();
      if (!*waits || peer->get_state() != ws::session::state::connecting) return;
      gone();
      DropHttp(peer.get());
    });
  }

 private:
  PeerPtr peer_;
  // False once events flow: then their socket watches for the end of the connection.
  const std::shared_ptr<bool> waits_ = std::make_shared<bool>(true);
  const KeepAlive::Options keep_alive_;
  Timers* const timers_;
};

}  // namespace ledgercast

#endif  // EDGE_WS_PEER_H_
