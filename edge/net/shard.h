#ifndef EDGE_NET_SHARD_H_
#define EDGE_NET_SHARD_H_

// A shard is one thread of the edge with its own sockets. This is what its logic may ask of it, and
// what it asks of its logic. All of it is called on that thread, but for the methods of Shard.

#include <functional>
#include <memory>

#include "absl/time/time.h"
#include "edge/net/http.h"
#include "edge/net/socket.h"
#include "edge/net/tcp.h"
#include "edge/protocol/handshake.h"

namespace ledgercast {

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

// Runs tasks on the thread of one shard. Thread-safe.
class Shard {
 public:
  virtual ~Shard() = default;
  // Runs `task` on the shard's thread, after what was posted before.
  // Tasks left when the shard stops are destroyed unrun.
  // A task that throws ends the program: a shard that lost one would go on without saying what it
  // lost.
  virtual void Post(std::function<void()> task) = 0;
  // Returns whether the caller runs on the shard's thread.
  virtual bool IsCurrent() const = 0;
};

// Does the work of one shard, as the server asks for it.
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

#endif  // EDGE_NET_SHARD_H_
