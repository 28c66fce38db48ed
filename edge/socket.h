#ifndef EDGE_SOCKET_H_
#define EDGE_SOCKET_H_

// The border between the transports (WebSocket, Server-Sent Events, long poll) and the rest of the
// edge: code that sends and answers sees only this; only ws_shard.cc and web_socket.cc see the
// library. Everything here belongs to one shard (one thread with its own sockets) and is called on
// that thread, except Shard::Post.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "edge/close_code.h"
#include "edge/http.h"
#include "edge/tcp.h"

namespace ledgercast {

// One frame of the contract as it goes over the wire, made once and shared by every socket of
// the shard that sends it.
class WireFrame {
 public:
  explicit WireFrame(std::string cursor) : cursor_(std::move(cursor)) {}
  virtual ~WireFrame() = default;

  // {"state": ..., "data": ...}
  virtual std::string_view text() const = 0;
  // Returns the same as a server-sent event, made when it is first asked for.
  const std::string& event() const;
  // The reader's cursor after this frame; "" = the frame does not move it.
  const std::string& cursor() const { return cursor_; }

 private:
  const std::string cursor_;
  mutable std::string event_;
};
using FramePtr = std::shared_ptr<const WireFrame>;
using FrameMaker = std::function<FramePtr(std::string text, std::string cursor)>;

// One client. Owned by the server; valid from ShardHandler::OnOpen until the return of
// SocketHandler::OnClose.
class Socket {
 public:
  virtual ~Socket() = default;

  // Sends `frame` after everything that was sent before; ignored once closing.
  virtual void Send(const FramePtr& frame) = 0;

  // Does the same, and asks the peer for a sign of life in the same write, where the transport has
  // pings.
  virtual void SendWithPing(const FramePtr& frame) { Send(frame); }

  // Starts the closing handshake; ignored if it has begun. OnClose follows in any case,
  // within seconds.
  virtual void Close(CloseCode code, std::string_view reason) = 0;

  // Returns true until the kernel has taken everything that was sent. A reader whose write is
  // pending is given nothing more: its position is kept instead, so that a slow client costs one
  // write's worth of memory and not a queue.
  virtual bool write_pending() const = 0;

  // Bytes waiting behind the write under way.
  virtual size_t queued_bytes() const = 0;

  // Asks the kernel about the connection.
  virtual Link link() const = 0;
};

// Reacts to what a socket's client does.
class SocketHandler {
 public:
  virtual ~SocketHandler() = default;
  // Takes one complete text message, which is valid UTF-8.
  virtual void OnMessage(std::string_view text) = 0;
  // Takes one complete binary message.
  virtual void OnBinary(std::string_view bytes) = 0;
  // Takes a ping or a pong of the peer.
  virtual void OnControlFrame() {}
  // Is called last, when the socket is gone. `code` is what the edge closed it with, or what the
  // client did.
  virtual void OnClose(int code) = 0;
};

// What the upgrade request said that matters later.
struct Handshake {
  // From the Authorization header or the `ledgercast.bearer.` subprotocol; empty = the
  // token comes as the first frame.
  std::string token;
};

// Answers one HTTP request, once, on the shard's thread. Dropping it unanswered leaves the
// client to the request timeout.
class HttpResponder {
 public:
  virtual ~HttpResponder() = default;
  virtual void Reply(HttpResponse response) = 0;

  // Answers with a body that goes on: each frame that is sent on the socket is one server-sent
  // event. The socket is valid until the return of `handler->OnClose`; null if the client has
  // gone. `head` has no body.
  virtual Socket* ReplyEvents(HttpResponse head, std::shared_ptr<SocketHandler> handler) = 0;

  // Asks the kernel about the connection. Only before the answer.
  virtual Link link() const = 0;

  // Runs `gone` if the client leaves before it was answered.
  virtual void OnGone(std::function<void()> gone) = 0;
};

// What a shard's logic may ask of its shard.
class Shard {
 public:
  virtual ~Shard() = default;
  // Runs `task` on the shard's thread, after what was posted before. May be called from any thread.
  // Tasks left when the shard stops are destroyed unrun.
  virtual void Post(std::function<void()> task) = 0;
};

// What a shard's logic provides to the server.
class ShardHandler {
 public:
  virtual ~ShardHandler() = default;
  // Is called before an upgrade; returns a response to refuse it, else null.
  virtual std::unique_ptr<HttpResponse> Refuse(const HttpRequest& request) = 0;
  virtual std::shared_ptr<SocketHandler> OnOpen(Socket* socket, Handshake handshake) = 0;
  virtual void OnHttp(HttpRequest request, std::shared_ptr<HttpResponder> responder) = 0;
  // Is called every few milliseconds.
  virtual void OnTick(absl::Time now) = 0;
  // Is called when the loop ends. Must drop every responder that still waits, since none outlives
  // the loop.
  virtual void OnStop() = 0;
};

}  // namespace ledgercast

#endif  // EDGE_SOCKET_H_
