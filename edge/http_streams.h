#ifndef EDGE_HTTP_STREAMS_H_
#define EDGE_HTTP_STREAMS_H_

#include <functional>
#include <memory>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "edge/client_view.h"
#include "edge/event_stream.h"
#include "edge/http.h"
#include "edge/poll.h"
#include "edge/shard_context.h"

namespace ledgercast {

// A shard's clients that read the feed by HTTP: /v1/events and /v1/poll. Owns them.
//
// Confined to the shard's thread.
class HttpStreams {
 public:
  struct Options {
    EventStream::Options events;
    Poll::Options poll;
  };

  // `context` outlives this.
  HttpStreams(const Options& options, const ShardContext* context)
      : options_(options), context_(*context) {}

  // Begin to answer a request that carries a token.
  void OpenEvents(const HttpRequest& request, std::shared_ptr<HttpResponder> responder);
  void OpenPoll(const HttpRequest& request, std::shared_ptr<HttpResponder> responder);

  void EndRevoked(const RevokedTokens& revoked);

  // Sends every client away when `schedule` runs what it is given for it, with the delay after
  // which the client is to come back. Whoever comes from then on is refused: nobody would end it.
  using Schedule = std::function<void(std::function<void(absl::Duration)> go_away)>;
  void Drain(const Schedule& schedule);

  // Drops all clients without an answer: the edge has stopped.
  void LetGo();

  // As ClientSource::Visit(), for these transports.
  bool Visit(Transport transport, ClientId after, ClientSource::See see) const;

 private:
  // What is wrong with a request in itself, or with the time at which it comes.
  absl::Status Admit(absl::Status status) const;

  const Options options_;
  const ShardContext& context_;
  bool draining_ = false;
  absl::btree_map<ClientId, std::shared_ptr<EventStream>> events_;
  absl::btree_map<ClientId, std::shared_ptr<Poll>> polls_;
};

}  // namespace ledgercast

#endif  // EDGE_HTTP_STREAMS_H_
