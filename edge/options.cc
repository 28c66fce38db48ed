#include "edge/options.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "edge/upstream/service_target_name.h"
#include "services/common/base/errors.h"
#include "services/common/base/host_port.h"
#include "services/common/base/setting_rules.h"

namespace ledgercast {
namespace {

constexpr int64_t kMostConnections = 10'000'000;

bool IsOrigin(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

absl::Status ValidateOrigins(const std::vector<std::string>& origins) {
  const auto wrong = std::find_if_not(origins.begin(), origins.end(), &IsOrigin);
  if (wrong == origins.end()) return absl::OkStatus();
  return InvalidField("--allowed-origins",
                      absl::StrCat("must be scheme://host[:port], and names '", *wrong, "'"));
}

absl::Status ValidateService(const EdgeOptions& options) {
  const TlsFiles& tls = options.service_tls;
  return FirstError({
      ServiceTargetName(options.service).status(),
      Require(tls.cert_file.empty() == tls.key_file.empty(), "--service-key-file",
              "and --service-cert-file go together: give both or none"),
      Require(!tls.ca_file.empty() || tls.empty(), "--service-cert-file",
              "needs --service-ca-file, the CA of the service's certificate"),
      Require(!options.relay_key_file.empty(), "--relay-key-file",
              "must name a PEM file (make one: openssl genpkey -algorithm ed25519)"),
      Require(!options.issuer.empty(), "--issuer", "must not be empty"),
      Require(!options.audience.empty(), "--audience", "must not be empty"),
      options.oidc.Validate(),
  });
}

absl::Status ValidateLimits(const EdgeOptions& options) {
  const Admission::Options& admission = options.admission;
  const EdgeShard::Options& shard = options.shard;
  const auto millis = [](absl::Duration duration) { return absl::ToInt64Milliseconds(duration); };
  return FirstError({
      RequireRange("--threads", options.threads, 0, 256),
      RequireRange("--ring-transactions", options.ring.capacity_transactions, 1, 1'000'000'000),
      RequireRange("--ring-megabytes", options.ring.capacity_bytes >> 20, 1, 1'000'000),
      RequireRange("--max-sockets", admission.max_connections, 1, kMostConnections),
      RequireRange("--max-sockets-per-address", admission.max_connections_per_address, 0,
                   kMostConnections),
      RequireRange("--max-sockets-per-subject", admission.max_connections_per_subject, 0,
                   kMostConnections),
      RequireRange("--max-accepts-per-second", admission.max_accepts_per_second, 0,
                   kMostConnections),
      RequireRange("--max-frames-per-second", options.max_frames_per_second, 0, 1'000'000),
      RequireRange("--authenticate-timeout-ms", millis(shard.token_times.authenticate_timeout), 10,
                   600'000),
      RequireRange("--progress-interval-ms", millis(shard.hub.fanout.progress_interval), 10,
                   600'000),
      RequireRange("--slow-socket-timeout-ms", millis(shard.hub.catch_up.slow_socket_timeout), 100,
                   3'600'000),
      RequireRange("--drain-delay-ms", millis(options.drain_delay), 0, 600'000),
      RequireRange("--drain-timeout-ms", millis(options.drain_timeout), 0, 600'000),
      RequireRange("--reconnect-spread-ms", millis(shard.longest_reconnect), 100, 3'600'000),
  });
}

}  // namespace

absl::Status EdgeOptions::Validate() const {
  return FirstError({
      Require(ParseHostPort(listen).ok(), "--listen", "must be HOST:PORT"),
      ValidateService(*this),
      ValidateOrigins(allowed_origins),
      ValidateLimits(*this),
      tracing.Validate(),
  });
}

}  // namespace ledgercast
