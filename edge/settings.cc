#include "edge/settings.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <thread>

#include "services/common/base/host_port.h"

namespace ledgercast {
namespace {

// Most frames of so many are below 64 kB of JSON, which the kernel takes at once. What a reader is
// behind goes out in few writes then, and each costs as much as 10 kB of data.
constexpr TransactionLog::ReadLimits kFrameLimits{/*max_transactions=*/250,
                                                  /*max_bytes=*/112 << 10};

// How many times as long as the progress interval is the one of a quiet ledger.
constexpr int kQuietTimes = 5;

// What a client may save up of frames: it comes back, and asks for what it shows.
constexpr double kFramesBurstSeconds = 5;

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

}  // namespace

Admission::Options AdmissionSettings(const EdgeOptions& options) {
  Admission::Options limits;
  limits.max_connections = SocketsAllowed(options.max_sockets);
  // A sixth of three quarters: an eighth of the open files is left for all else.
  limits.max_refused = std::max<int64_t>(limits.max_connections / 6, kFewestRefused);
  limits.max_connections_per_address = options.max_sockets_per_address;
  limits.max_connections_per_subject = options.max_sockets_per_subject;
  limits.max_accepts_per_second = options.max_accepts_per_second;
  return limits;
}

WsServer::Options ServerSettings(const EdgeOptions& options) {
  const HostPort address = *ParseHostPort(options.listen);
  WsServer::Options server;
  server.host = address.listen_host();
  server.port = address.port;
  server.shard.compression = options.compression;
  const absl::Duration slow = absl::Milliseconds(options.slow_socket_timeout_ms);
  // A client that does not read cannot answer pings either; it is given its time.
  server.shard.tcp_timeout = std::max(server.shard.tcp_timeout, slow);
  KeepAlive::Options& keep_alive = server.shard.keep_alive;
  keep_alive.max_missed =
      std::max(keep_alive.max_missed, static_cast<int>(slow / keep_alive.interval));
  server.shards = options.threads > 0
                      ? options.threads
                      : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return server;
}

EdgeShard::Options ShardSettings(const EdgeOptions& options) {
  EdgeShard::Options shard;
  shard.hub.fanout.frame_limits = kFrameLimits;
  const absl::Duration progress = absl::Milliseconds(options.progress_interval_ms);
  shard.hub.fanout.progress_interval = progress;
  shard.hub.fanout.quiet_progress_interval =
      std::max(progress, std::min(kQuietTimes * progress, EdgeOptions::kLongestQuiet));
  shard.hub.catch_up.frame_limits = kFrameLimits;
  shard.hub.catch_up.slow_socket_timeout = absl::Milliseconds(options.slow_socket_timeout_ms);
  const absl::Duration authenticate = absl::Milliseconds(options.authenticate_timeout_ms);
  shard.session.authenticate_timeout = authenticate;
  const auto frames = static_cast<double>(options.max_frames_per_second);
  shard.session.frames = TokenBucket::Limit::Of(frames, kFramesBurstSeconds * frames);
  shard.http_streams.events.authenticate_timeout = authenticate;
  shard.http_streams.poll.authenticate_timeout = authenticate;
  shard.allowed_origins = options.allowed_origins;
  shard.longest_reconnect = absl::Milliseconds(options.reconnect_spread_ms);
  // The rest is for the last of them to be gone.
  shard.drain_window = absl::Milliseconds(options.drain_timeout_ms) * 2 / 3;
  return shard;
}

}  // namespace ledgercast
