// Threads:
//   shard 0..n-1  event loop, sockets, sessions, fan-out; nothing on it blocks
//   upstream      reads the one watch of the service, appends to the ring
//   keys          fetches the key set
//   revocations   asks which tokens were revoked
//   gRPC's own    end the calls for clients and for history; only post to shards
//   admin         answers probes and scrapes
// The ring (Feed) is written by upstream and read by the shards; everything else that one
// thread has for another goes through Shard::Post.
//
// Stop order: unready; clients are told to go away and the port closes; upstream; the shards
// (which then make no more calls); calls under way; revocations and keys; what they all used.
#include "edge/server.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "edge/edge_shard.h"
#include "edge/grpc_channel.h"
#include "edge/grpc_history.h"
#include "edge/grpc_service.h"
#include "edge/grpc_watch_stream.h"
#include "edge/http_api.h"
#include "edge/metrics.h"
#include "edge/revocation_feed.h"
#include "edge/static_files.h"
#include "edge/upstream.h"
#include "edge/ws_server.h"
#include "services/common/admin_server.h"
#include "services/common/errors.h"
#include "services/common/keys.h"
#include "services/common/oidc_keys.h"
#include "services/common/program.h"
#include "services/common/random.h"
#include "services/common/tls_credentials.h"

namespace ledgercast {
namespace {

constexpr size_t kMaxKeyFileBytes = 64 << 10;
// A frame is written by one system call if it is below 64 kB with all its JSON.
constexpr TransactionLog::ReadLimits kFrameLimits{/*max_transactions=*/100,
                                                  /*max_bytes=*/48 << 10};

// However few sockets there may be, so many are told that they are too many.
constexpr int64_t kFewestRefused = 64;

// Raises the limit on open files as far as it goes. How many sockets that allows: the
// accepting sockets must never run out, so a quarter is left to everything else.
int64_t SocketsAllowed(int64_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const auto allowed = static_cast<int64_t>(limit.rlim_cur / 4 * 3);
  if (allowed < wanted) {
    spdlog::info("the limit of {} open files allows {} sockets", limit.rlim_cur, allowed);
  }
  return std::min(wanted, allowed);
}

EdgeShard::Options ShardOptions(const EdgeOptions& options) {
  EdgeShard::Options shard;
  shard.hub.fanout.frame_limits = kFrameLimits;
  shard.hub.fanout.progress_interval = absl::Milliseconds(options.progress_interval_ms);
  shard.hub.catch_up.frame_limits = kFrameLimits;
  shard.hub.catch_up.slow_socket_timeout = absl::Milliseconds(options.slow_socket_timeout_ms);
  const absl::Duration authenticate = absl::Milliseconds(options.authenticate_timeout_ms);
  shard.session.authenticate_timeout = authenticate;
  shard.http_streams.events.authenticate_timeout = authenticate;
  shard.http_streams.poll.authenticate_timeout = authenticate;
  shard.allowed_origins = options.allowed_origins;
  shard.longest_reconnect = absl::Milliseconds(options.reconnect_spread_ms);
  // The rest is for the last of them to be gone.
  shard.drain_window = absl::Milliseconds(options.drain_timeout_ms) * 2 / 3;
  return shard;
}

}  // namespace

// Declared in the order of construction, so that what uses goes before what is used.
struct EdgeServer::Impl {
  Impl(const EdgeOptions& its_options, ServiceTarget its_target, TokenSigner signer, StaticFiles ui)
      : options(its_options),
        target(std::move(its_target)),
        relay_tokens(std::move(signer), absl::Now),
        files(std::move(ui)) {}
  ~Impl() {
    // Calls that hang must not hold up those who are destroyed before `service`.
    if (service != nullptr) service->CancelAll();
  }

  absl::Status Start();
  absl::Status StartKeys();
  absl::Status Listen();
  void StartUpstream();
  absl::Status Ready() const;
  RingSpan Ring() const;
  void OnEachShard(void (EdgeShard::*task)());
  void Drain();

  const EdgeOptions options;
  const ServiceTarget target;
  std::atomic<bool> draining = false;
  RelayTokens relay_tokens;
  StaticFiles files;
  FeedSource feed_source;
  UpstreamCounts upstream_counts;
  std::vector<std::unique_ptr<ShardCounts>> shard_counts;
  // The server's; they live as long as it does.
  std::vector<EdgeShard*> edge_shards;
  std::vector<Shard*> shards;
  std::unique_ptr<Admission> admission;
  std::unique_ptr<HttpApi> http_api;
  std::unique_ptr<WsServer> ws_server;
  std::unique_ptr<GrpcHistory> history;
  std::unique_ptr<GrpcService> service;
  std::unique_ptr<Keys> keys;
  std::unique_ptr<RevocationFeed> revocations;
  std::unique_ptr<Upstream> upstream;
  std::unique_ptr<AdminServer> admin_server;
};

absl::Status EdgeServer::Impl::Start() {
  history = std::make_unique<GrpcHistory>(GrpcHistory::Options{}, target, &relay_tokens);
  service = std::make_unique<GrpcService>(GrpcService::Options{}, target);
  HttpApi::Options http_options;
  http_options.allowed_origins = options.allowed_origins;
  http_api = std::make_unique<HttpApi>(http_options, service.get(), &files);
  if (const absl::Status status = StartKeys(); !status.ok()) return status;
  if (const absl::Status status = Listen(); !status.ok()) return status;
  revocations = std::make_unique<RevocationFeed>(
      RevocationFeed::Options{},
      [this] { return service->FetchRevokedTokens(relay_tokens.Current()); },
      [this] { OnEachShard(&EdgeShard::OnRevocations); });
  std::vector<const ShardCounts*> counts;
  for (const auto& one : shard_counts) counts.push_back(one.get());
  auto admin = AdminServer::Start(
      {options.admin_listen, [this] { return Ready(); }},
      MakeEdgeMetrics(std::move(counts), &upstream_counts, [this] { return Ring(); }));
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
  // No relay speaks to an edge, so none of the keys is a relay's.
  auto started = Keys::Start(keys_options, {}, std::move(fetches), absl::Now, MakeRandom());
  if (!started.ok()) return started.status();
  keys = *std::move(started);
  return absl::OkStatus();
}

absl::Status EdgeServer::Impl::Listen() {
  Admission::Options limits;
  limits.max_connections = SocketsAllowed(options.max_sockets);
  // A sixth of three quarters: an eighth of the open files is left for all else.
  limits.max_refused = std::max<int64_t>(limits.max_connections / 6, kFewestRefused);
  limits.max_connections_per_address = options.max_sockets_per_address;
  limits.max_connections_per_subject = options.max_sockets_per_subject;
  limits.max_accepts_per_second = options.max_accepts_per_second;
  admission = std::make_unique<Admission>(limits, &absl::Now);
  const HostPort address = *ParseHostPort(options.listen);
  WsServer::Options server_options;
  server_options.host = address.host;
  server_options.port = address.port;
  server_options.shard.compression = options.compression;
  const absl::Duration slow = absl::Milliseconds(options.slow_socket_timeout_ms);
  // A client that does not read cannot answer pings either; it is given its time.
  server_options.shard.tcp_timeout = std::max(server_options.shard.tcp_timeout, slow);
  KeepAlive::Options& keep_alive = server_options.shard.keep_alive;
  keep_alive.max_missed =
      std::max(keep_alive.max_missed, static_cast<int>(slow / keep_alive.interval));
  server_options.shards = options.threads > 0
                              ? options.threads
                              : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  EdgeShard::Dependencies deps{
      &feed_source,  history.get(),   keys.get(),     [this] { return revocations->current(); },
      service.get(), admission.get(), http_api.get(), &MakeWireFrame,
      absl::Now};
  const EdgeShard::Options shard_options = ShardOptions(options);
  auto server = WsServer::Listen(server_options, admission.get(), [&](Shard* shard) {
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
  upstream_options.ring.capacity_transactions = options.ring_transactions;
  upstream_options.ring.capacity_bytes = options.ring_megabytes << 20;
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

void EdgeServer::Impl::Drain() {
  if (draining.exchange(true)) return;
  OnEachShard(&EdgeShard::Drain);
  ws_server->Stop(absl::Milliseconds(options.drain_timeout_ms));
}

EdgeServer::EdgeServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

EdgeServer::~EdgeServer() { Drain(); }

absl::StatusOr<std::unique_ptr<EdgeServer>> EdgeServer::Start(const EdgeOptions& options) {
  if (const absl::Status status = options.Validate(); !status.ok()) return status;
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
