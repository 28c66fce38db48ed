// Threads:
//   shard 0..n-1  runs an event loop, sockets, sessions and the fan-out; nothing on it blocks
//   upstream      reads the one watch of the service and appends to the ring
//   keys          fetches the key set
//   revocations   asks which tokens were revoked
//   gRPC's own    end the calls for clients and for history; they only post to shards
//   admin         answers probes and scrapes
// The upstream's thread writes the ring (Feed), and the shards read it. Everything else that one
// thread has for another goes through Shard::Post().
//
// The edge stops in this order. It is not ready for a while, but serves everything. Clients are
// told to go away and the port closes. The shards end, so they make no more calls. Calls under way
// are cancelled. Upstream, revocations and keys end, and last what they all used.
#include "edge/server.h"

#include <spdlog/spdlog.h>

#include <atomic>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "edge/delivery/balance_cache.h"
#include "edge/delivery/page_cache.h"
#include "edge/edge_metrics.h"
#include "edge/edge_shard.h"
#include "edge/http/static_files.h"
#include "edge/http_api.h"
#include "edge/metrics/counts.h"
#include "edge/net/ws_server.h"
#include "edge/settings.h"
#include "edge/status/status_collector.h"
#include "edge/upstream/grpc_channel.h"
#include "edge/upstream/grpc_history.h"
#include "edge/upstream/grpc_service.h"
#include "edge/upstream/grpc_watch_stream.h"
#include "edge/upstream/revocation_poller.h"
#include "edge/upstream/service_target_name.h"
#include "edge/upstream/upstream.h"
#include "services/common/auth/keys.h"
#include "services/common/auth/oidc_keys.h"
#include "services/common/base/admin_server.h"
#include "services/common/base/clock.h"
#include "services/common/base/errors.h"
#include "services/common/base/program.h"
#include "services/common/base/proto_time.h"
#include "services/common/base/random.h"
#include "services/common/base/tls_credentials.h"

namespace ledgercast {
namespace {

constexpr size_t kMaxKeyFileBytes = 64 << 10;

}  // namespace

// Members are destroyed in the reverse order, so that what uses another member goes before it.
struct EdgeServer::Impl {
  Impl(const EdgeOptions& its_options, ServiceTarget its_target, TokenSigner signer, StaticFiles ui)
      : options(its_options),
        target(std::move(its_target)),
        relay_tokens(std::move(signer), absl::Now),
        files(std::move(ui)),
        status_collector([this] { return Status(); }) {}
  ~Impl() {
    // Calls that hang must not hold up members that are destroyed before `service`.
    if (service != nullptr) service->CancelAll();
  }

  absl::Status Start();
  absl::Status StartKeys();
  absl::Status Listen();
  void StartUpstream();
  absl::Status Ready() const;
  RingSpan Ring() const;
  v1::EdgeStatus Status() const;
  void OnEachShard(void (EdgeShard::*task)());
  void Drain();

  const EdgeOptions options;
  // It is null unless spans are exported.
  std::unique_ptr<Tracing> tracing;
  const ServiceTarget target;
  std::atomic<bool> draining = false;
  RelayTokens relay_tokens;
  StaticFiles files;
  FeedSource feed_source;
  UpstreamCounts upstream_counts;
  std::vector<std::unique_ptr<ShardCounts>> shard_counts;
  // They belong to `ws_server` and live as long as it does.
  std::vector<EdgeShard*> edge_shards;
  std::vector<Shard*> shards;
  const absl::Time start_time = absl::Now();
  StatusCollector status_collector;
  ClientIds client_ids;
  std::unique_ptr<Admission> admission;
  std::unique_ptr<HttpApi> http_api;
  std::unique_ptr<WsServer> ws_server;
  std::unique_ptr<BalanceCache> balances;
  std::unique_ptr<PageCache> pages;
  std::unique_ptr<GrpcHistory> history;
  std::unique_ptr<GrpcService> service;
  std::unique_ptr<Keys> keys;
  std::unique_ptr<RevocationPoller> revocations;
  std::unique_ptr<Upstream> upstream;
  std::unique_ptr<AdminServer> admin_server;
};

absl::Status EdgeServer::Impl::Start() {
  tracing = Tracing::Start("ledgercast-edge", options.tracing);
  history = std::make_unique<GrpcHistory>(GrpcHistory::Options{}, target, &relay_tokens, SteadyNow);
  pages = std::make_unique<PageCache>(PageCache::Options{}, history.get(), &feed_source);
  balances = std::make_unique<BalanceCache>(BalanceCache::Options{}, pages.get(), &feed_source);
  service = std::make_unique<GrpcService>(GrpcService::Options{}, target, &relay_tokens);
  HttpApi::Options http_options;
  http_options.allowed_origins = options.allowed_origins;
  http_api = std::make_unique<HttpApi>(http_options, service.get(), &files);
  if (const absl::Status status = StartKeys(); !status.ok()) return status;
  if (const absl::Status status = Listen(); !status.ok()) return status;
  revocations = std::make_unique<RevocationPoller>(
      RevocationPoller::Options{},
      [this] { return service->FetchRevokedTokens(relay_tokens.Current()); },
      [this] { OnEachShard(&EdgeShard::OnRevocations); });
  std::vector<const ShardCounts*> counts;
  for (const auto& one : shard_counts) counts.push_back(one.get());
  auto admin = AdminServer::Start(
      {options.admin_listen, [this] { return Ready(); }, nullptr, options.service_tls,
       options.notify_socket},
      MakeEdgeMetrics({.shards = std::move(counts),
                       .sent_bytes = ws_server->sent_bytes(),
                       .upstream = &upstream_counts,
                       .admission = admission.get(),
                       .ring = [this] { return Ring(); },
                       .history = [this]() -> HistoryQueues {
                         return {history->waiting_pages(), history->waiting_balances()};
                       }}));
  if (!admin.ok()) return admin.status();
  admin_server = *std::move(admin);
  ws_server->Start();
  StartUpstream();
  return absl::OkStatus();
}

absl::Status EdgeServer::Impl::StartKeys() {
  Keys::Options keys_options;
  keys_options.verifier.issuer = options.issuer;
  keys_options.verifier.audience = options.audience;
  keys_options.verifier.oidc = options.oidc.issuer;
  Keys::Fetches fetches;
  fetches.own = [this] { return service->FetchKeys(); };
  if (!options.oidc.empty()) fetches.oidc = [this] { return FetchOidcKeys(options.oidc); };
  // No relay connects to an edge, so no relay's key is known here.
  auto started =
      Keys::Start(keys_options, {}, std::move(fetches), Clocks{absl::Now, SteadyNow}, MakeRandom());
  if (!started.ok()) return started.status();
  keys = *std::move(started);
  return absl::OkStatus();
}

absl::Status EdgeServer::Impl::Listen() {
  admission = std::make_unique<Admission>(AdmissionSettings(options), &SteadyNow);
  EdgeShard::Dependencies deps{.feed_source = &feed_source,
                               .history = balances.get(),
                               .keys = keys.get(),
                               .revoked = [this] { return revocations->current(); },
                               .service = service.get(),
                               .admission = admission.get(),
                               .client_ids = &client_ids,
                               .status_collector = &status_collector,
                               .http_api = http_api.get(),
                               .make_frame = &MakeWireFrame,
                               .clocks = {absl::Now, SteadyNow}};
  const EdgeShard::Options shard_options = ShardSettings(options);
  auto server = WsServer::Listen(ServerSettings(options), admission.get(), [&](Shard* shard) {
    shard_counts.push_back(std::make_unique<ShardCounts>());
    auto handler = std::make_unique<EdgeShard>(shard_options, deps, shard, MakeRandom(),
                                               shard_counts.back().get());
    edge_shards.push_back(handler.get());
    shards.push_back(shard);
    return handler;
  });
  if (!server.ok()) return server.status();
  ws_server = *std::move(server);
  return absl::OkStatus();
}

void EdgeServer::Impl::StartUpstream() {
  Upstream::Options upstream_options;
  upstream_options.ring = options.ring;
  upstream = std::make_unique<Upstream>(
      upstream_options, MakeGrpcWatchStreams(target, &relay_tokens), &feed_source,
      [this] { OnEachShard(&EdgeShard::OnGrowth); }, MakeRandom(), &upstream_counts);
  upstream->Start();
}

void EdgeServer::Impl::OnEachShard(void (EdgeShard::*task)()) {
  for (size_t i = 0; i < shards.size(); ++i) {
    shards[i]->Post([shard = edge_shards[i], task] { (shard->*task)(); });
  }
}

absl::Status EdgeServer::Impl::Ready() const {
  const auto not_ready = [](std::string_view why, std::string_view message) {
    return MakeError(absl::StatusCode::kUnavailable, why, message);
  };
  if (draining) return not_ready(reason::kShuttingDown, "the edge is stopping");
  if (keys->verifier() == nullptr) {
    return not_ready(reason::kServiceUnavailable, "the keys of tokens are not known yet");
  }
  if (feed_source.current() == nullptr) {
    return not_ready(reason::kServiceUnavailable, "the service was not reached yet");
  }
  return absl::OkStatus();
}

RingSpan EdgeServer::Impl::Ring() const {
  const std::shared_ptr<Feed> feed = feed_source.current();
  if (feed == nullptr) return {};
  return {feed->log.base().sequence, feed->log.head().sequence, feed->log.bytes()};
}

v1::EdgeStatus EdgeServer::Impl::Status() const {
  v1::EdgeStatus status;
  *status.mutable_start_time() = ToProto(start_time);
  status.set_upstream_connected(upstream_counts.connected.value() > 0);
  const std::shared_ptr<Feed> feed = feed_source.current();
  if (feed != nullptr) status.set_head(feed->CursorText(feed->log.head()));
  const auto sum = [this](OwnedCount ShardCounts::*count) {
    int64_t total = 0;
    for (const auto& shard : shard_counts) total += ((*shard).*count).value();
    return total;
  };
  status.set_sockets(sum(&ShardCounts::sockets_open));
  status.set_event_streams(sum(&ShardCounts::event_streams_open));
  status.set_polls(sum(&ShardCounts::polls_open));
  return status;
}

void EdgeServer::Impl::Drain() {
  if (draining.exchange(true)) return;
  // Everything is served until those who send clients here had time to notice.
  absl::SleepFor(options.drain_delay);
  OnEachShard(&EdgeShard::Drain);
  ws_server->Stop(options.drain_timeout);
}

EdgeServer::EdgeServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

EdgeServer::~EdgeServer() { Drain(); }

absl::StatusOr<std::unique_ptr<EdgeServer>> EdgeServer::Start(const EdgeOptions& options) {
  const auto pem = ReadFile(options.relay_key_file, kMaxKeyFileBytes);
  if (!pem.ok()) return pem.status();
  auto signer = TokenSigner::FromPem(*pem, options.issuer, options.audience);
  if (!signer.ok()) return signer.status();
  auto files = StaticFiles::Load(options.ui_dir);
  if (!files.ok()) return files.status();
  auto credentials = MakeChannelCredentials(options.service_tls);
  if (!credentials.ok()) return credentials.status();
  auto target = ServiceTargetName(options.service);
  if (!target.ok()) return target.status();
  auto impl = std::make_unique<Impl>(options, ServiceTarget{*std::move(target), *credentials},
                                     *std::move(signer), *std::move(files));
  if (const absl::Status status = impl->Start(); !status.ok()) return status;
  return std::unique_ptr<EdgeServer>(new EdgeServer(std::move(impl)));
}

uint16_t EdgeServer::port() const { return impl_->ws_server->port(); }
int EdgeServer::admin_port() const { return impl_->admin_server->port(); }
void EdgeServer::Drain() { impl_->Drain(); }

}  // namespace ledgercast
