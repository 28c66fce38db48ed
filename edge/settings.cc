#include "edge/settings.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <thread>

#include "services/common/base/host_port.h"

namespace ledgercast {
namespace {

// Factor from the progress interval to the interval of a quiet ledger.
constexpr int kQuietTimes = 5;

// However few sockets there may be, so many are told that they are too many.
constexpr int64_t kFewestRefused = 64;

// Raises the limit on open files as far as it goes, and returns how many of the `wanted` sockets it
// allows. Accepting must never run out of files, so a quarter is left to everything else.
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
  Admission::Options limits = options.admission;
  limits.max_connections = SocketsAllowed(limits.max_connections);
  // A sixth of three quarters: an eighth of the open files is left for all else.
  limits.max_refused = std::max<int64_t>(limits.max_connections / 6, kFewestRefused);
  return limits;
}

WsServer::Options ServerSettings(const EdgeOptions& options) {
  const HostPort address = *ParseHostPort(options.listen);
  WsServer::Options server;
  server.host = address.listen_host();
  server.port = address.port;
  server.shard.compression = options.compression;
  const absl::Duration slow = options.shard.hub.catch_up.slow_socket_timeout;
  // A client that does not read cannot answer pings either; it is given its time.
  server.shard.tcp_timeout = std::max(server.shard.tcp_timeout, slow);
  KeepAlive::Options& keep_alive = server.shard.sockets.keep_alive;
  keep_alive.max_missed =
      std::max(keep_alive.max_missed, static_cast<int>(slow / keep_alive.interval));
  server.shards = options.threads > 0
                      ? options.threads
                      : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return server;
}

EdgeShard::Options ShardSettings(const EdgeOptions& options) {
  EdgeShard::Options shard = options.shard;
  Fanout::Options& fanout = shard.hub.fanout;
  fanout.quiet_progress_interval =
      std::max(fanout.progress_interval,
               std::min(kQuietTimes * fanout.progress_interval, EdgeOptions::kLongestQuiet));
  shard.session.frames = FramesLimit(options.max_frames_per_second);
  shard.allowed_origins = options.allowed_origins;
  // The rest is for the last of them to be gone.
  shard.drain_window = options.drain_timeout * 2 / 3;
  return shard;
}

}  // namespace ledgercast
