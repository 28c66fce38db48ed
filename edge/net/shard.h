#ifndef EDGE_NET_SHARD_H_
#define EDGE_NET_SHARD_H_

// A shard is one thread of the edge with its own sockets. These interfaces separate the sockets
// from the logic above them: what the logic may ask for, and what it is asked to do. Everything
// here is called on the shard's thread, except the methods of Shard.

#include <functional>
#include <memory>

#include "absl/time/time.h"
#include "edge/net/http.h"
#include "edge/net/socket.h"
#include "edge/net/tcp.h"
#include "edge/protocol/handshake.h"

namespace ledgercast {

// Answers one HTTP request, once, on the shard's thread. If it is destroyed before it has answered,
// the client waits until the request times out.
class HttpResponder {
 public:
  virtual ~HttpResponder() = default;
  virtual void Reply(HttpResponse response) = 0;

  // Answers with a body that stays open: each frame that is sent on the returned socket is one
  // server-sent event. The socket is valid until `handler->OnClose()` returns. Returns null if the
  // client has gone. `head` has no body.
  virtual Socket* ReplyEvents(HttpResponse head, std::shared_ptr<SocketHandler> handler) = 0;

  // Returns what the kernel knows about the connection. Call it only before the answer.
  virtual Link link() const = 0;

  // Runs `gone` if the client leaves before it was answered.
  virtual void OnGone(std::function<void()> gone) = 0;
};

// Runs tasks on the thread of one shard. Thread-safe.
class Shard {
 public:
  virtual ~Shard() = default;
  // Runs `task` on the shard's thread, after what was posted before. Tasks left when the shard
  // stops are destroyed without being run. A task that throws ends the program, because a shard
  // that lost a task would go on in an unknown state.
  virtual void Post(std::function<void()> task) = 0;
  // Returns whether the caller runs on the shard's thread.
  virtual bool IsCurrent() const = 0;
};

// Does the work of one shard. The server calls it on the shard's thread.
class ShardHandler {
 public:
  virtual ~ShardHandler() = default;
  // Is called before an upgrade. Returns a response if the upgrade is refused, else null.
  virtual std::unique_ptr<HttpResponse> Refuse(const HttpRequest& request) = 0;
  virtual std::shared_ptr<SocketHandler> OnOpen(Socket* socket, Handshake handshake) = 0;
  virtual void OnHttp(HttpRequest request, std::shared_ptr<HttpResponder> responder) = 0;
  // Is called every few milliseconds.
  virtual void OnTick(absl::Time now) = 0;
  // Is called when the loop ends. It must drop every responder that still waits, because none
  // outlives the loop.
  virtual void OnStop() = 0;
};

}  // namespace ledgercast

#endif  // EDGE_NET_SHARD_H_
