#ifndef EDGE_NET_WS_PEER_H_
#define EDGE_NET_WS_PEER_H_

#include <memory>
#include <string>
#include <utility>

#include "edge/metrics/counts.h"
#include "edge/net/event_socket.h"
#include "edge/net/shard.h"
#include "edge/net/socket.h"
#include "edge/net/ws_library.h"

// Shows a connection of the WebSocket library to the rest of the edge as an HTTP request to be
// answered. Only ws_shard.cc includes this.
namespace ledgercast {

namespace ws = websocketpp;

using Endpoint = ws::server<WsConfig>;
using Peer = Endpoint::connection_type;
using PeerPtr = Endpoint::connection_ptr;

inline void Fill(const HttpResponse& response, Peer* peer) {
  peer->set_status(static_cast<ws::http::status_code::value>(response.status));
  if (response.body != nullptr) {
    peer->append_header("Content-Type", response.content_type);
    peer->set_body(*response.body);
  }
  peer->append_header("Connection", "close");
  // A header that is given twice, such as Vary, becomes a list.
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
  // `timers` and `sent_bytes` outlive this.
  Responder(PeerPtr peer, const SocketOptions& options, Timers* timers, SentBytes* sent_bytes)
      : peer_(std::move(peer)), options_(options), timers_(timers), sent_bytes_(sent_bytes) {}

  void Reply(HttpResponse response) override {
    const PeerPtr peer = std::exchange(peer_, nullptr);
    // The request has timed out, or was answered before.
    if (peer == nullptr || peer->get_state() != ws::session::state::connecting) return;
    Fill(response, peer.get());
    if (response.body != nullptr) {
      sent_bytes_->responses.Add(static_cast<int64_t>(response.body->size()));
    }
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
    return EventSocket::Start(&peer->get_raw_socket(), peer, StreamHead(head), options_, timers_,
                              &sent_bytes_->events, on_end)
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
  // It becomes false when events flow, because their socket then watches for the end of the
  // connection.
  const std::shared_ptr<bool> waits_ = std::make_shared<bool>(true);
  const SocketOptions options_;
  Timers* const timers_;
  SentBytes* const sent_bytes_;
};

}  // namespace ledgercast

#endif  // EDGE_NET_WS_PEER_H_
