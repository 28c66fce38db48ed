#ifndef EDGE_EDGE_SHARD_H_
#define EDGE_EDGE_SHARD_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "edge/delivery/hub.h"
#include "edge/http/waiting_requests.h"
#include "edge/http_api.h"
#include "edge/net/shard.h"
#include "edge/net/socket.h"
#include "edge/net/timers.h"
#include "edge/protocol/handshake.h"
#include "edge/protocol/wire_frame.h"
#include "edge/sessions/client_view.h"
#include "edge/sessions/http_streams.h"
#include "edge/sessions/session.h"
#include "edge/status/status_requests.h"

namespace ledgercast {

// Does the work of one shard above its sockets. It decides about upgrades, opens sessions, and runs
// their readers and timers. Confined to the shard's thread.
class EdgeShard : public ShardHandler, public ClientSource {
 public:
  struct Options {
    Hub::Options hub;
    TokenTimes token_times;
    Session::Options session;
    HttpStreams::Options http_streams;
    std::vector<std::string> allowed_origins;
    absl::Duration shortest_reconnect = absl::Milliseconds(100);
    absl::Duration longest_reconnect = absl::Seconds(3);
    // Time over which clients are sent away, each at a random moment.
    absl::Duration drain_window = absl::Seconds(1);
  };

  // Holds what all shards share. It outlives them.
  struct Dependencies {
    const FeedSource* feed_source;
    History* history;
    KeySource* keys;
    std::function<std::shared_ptr<const RevokedTokens>()> revoked;
    Service* service;
    Admission* admission;
    ClientIds* client_ids;
    StatusCollector* status_collector;
    const HttpApi* http_api;
    FrameMaker make_frame;
    Clocks clocks;
  };

  // `counts` outlives this.
  EdgeShard(const Options& options, const Dependencies& deps, Shard* shard,
            std::function<double()> random, ShardCounts* counts);

  std::unique_ptr<HttpResponse> Refuse(const HttpRequest& request) override;
  std::shared_ptr<SocketHandler> OnOpen(Socket* socket, Handshake handshake) override;
  void OnHttp(HttpRequest request, std::shared_ptr<HttpResponder> responder) override;
  void OnTick(absl::Time now) override;
  void OnStop() override;

  bool Visit(Transport transport, ClientId after, See see) const override;

  // Tells the shard that the feed has grown or changed.
  void OnGrowth() { hub_.OnGrowth(); }

  // Tells the shard that more tokens are known to be revoked.
  void OnRevocations();

  // Sends every client away, one after the other, and refuses new ones.
  void Drain();

 private:
  void SendAway(const std::shared_ptr<Session>& session);
  // Runs `go_away` within the drain window, with the delay after which the client is to come back.
  void ScheduleGoAway(std::function<void(absl::Duration)> go_away);

  const Options options_;
  const Dependencies deps_;
  ShardCounts* const counts_;
  Timers timers_;
  Hub hub_;
  Session::Context context_;
  HttpStreams http_streams_;
  WaitingRequests requests_;
  TokenChecks token_checks_;
  StatusRequests status_requests_;
  // The sessions. Expired ones may be left among them, and are removed at `sweep_at_` entries.
  absl::btree_map<ClientId, std::weak_ptr<Session>> sessions_;
  size_t sweep_at_ = 64;
  bool draining_ = false;
  bool stopped_ = false;
};

}  // namespace ledgercast

#endif  // EDGE_EDGE_SHARD_H_
