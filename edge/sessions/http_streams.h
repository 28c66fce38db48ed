#ifndef EDGE_SESSIONS_HTTP_STREAMS_H_
#define EDGE_SESSIONS_HTTP_STREAMS_H_

#include <functional>
#include <memory>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "edge/net/http.h"
#include "edge/sessions/client_view.h"
#include "edge/sessions/event_stream.h"
#include "edge/sessions/poll.h"
#include "edge/sessions/shard_context.h"

namespace ledgercast {

// Owns a shard's clients that read the feed by HTTP, at /v1/events and /v1/poll.
//
// Confined to the shard's thread.
class HttpStreams {
 public:
  struct Options {
    Poll::Options poll;
  };

  // `context` outlives this.
  HttpStreams(const Options& options, const ShardContext* context)
      : options_(options), context_(*context) {}

  // Begin to answer a request that carries a token.
  void OpenEvents(const HttpRequest& request, std::shared_ptr<HttpResponder> responder);
  void OpenPoll(const HttpRequest& request, std::shared_ptr<HttpResponder> responder);

  void EndRevoked(const RevokedTokens& revoked);

  // Sends every client away. `schedule` is given one function per client. It runs that function
  // later, with the delay after which the client is to come back. New clients are refused from now
  // on, because nobody would end them.
  using Schedule = std::function<void(std::function<void(absl::Duration)> go_away)>;
  void Drain(const Schedule& schedule);

  // Forgets all clients without telling them, because the edge has stopped.
  void LetGo();

  // Does what ClientSource::Visit() does, for these transports.
  bool Visit(Transport transport, ClientId after, ClientSource::See see) const;

 private:
  // Returns SHUTTING_DOWN while draining, else `status`, which says what is wrong with a request.
  absl::Status Admit(absl::Status status) const;

  const Options options_;
  const ShardContext& context_;
  bool draining_ = false;
  absl::btree_map<ClientId, std::shared_ptr<EventStream>> events_;
  absl::btree_map<ClientId, std::shared_ptr<Poll>> polls_;
};

}  // namespace ledgercast

#endif  // EDGE_SESSIONS_HTTP_STREAMS_H_
