#include "edge/options.h"

#include <string_view>

#include "services/common/base/host_port.h"

namespace ledgercast {
namespace {

absl::Status Bad(std::string_view flag, std::string_view why) {
  return absl::InvalidArgumentError("--" + std::string(flag) + ": " + std::string(why));
}

absl::Status CheckRange(std::string_view flag, int64_t value, int64_t least, int64_t most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return Bad(flag, "must be from " + std::to_string(least) + " to " + std::to_string(most));
}

}  // namespace

absl::Status EdgeOptions::Validate() const {
  if (const auto parsed = ParseHostPort(listen); !parsed.ok())
    return Bad("listen", "is not host:port");
  if (absl::Status status = tracing.Validate(); !status.ok()) return status;
  if (service.empty()) return Bad("service", "is needed");
  if (service_tls.cert_file.empty() != service_tls.key_file.empty()) {
    return Bad("service-key-file", "and --service-cert-file go together: give both or none");
  }
  if (service_tls.ca_file.empty() && !service_tls.empty()) {
    return Bad("service-cert-file", "needs --service-ca-file, the CA of the service's certificate");
  }
  if (relay_key_file.empty()) return Bad("relay-key-file", "is needed");
  if (issuer.empty()) return Bad("issuer", "is needed");
  if (audience.empty()) return Bad("audience", "is needed");
  if (const absl::Status status = oidc.Validate(); !status.ok()) return status;
  for (const std::string& origin : allowed_origins) {
    if (!origin.starts_with("http://") && !origin.starts_with("https://")) {
      return Bad("allowed-origins", "'" + origin + "' is not scheme://host[:port]");
    }
  }
  for (const absl::Status& status : {
           CheckRange("threads", threads, 0, 256),
           CheckRange("ring-transactions", ring_transactions, 1, 1'000'000'000),
           CheckRange("ring-megabytes", ring_megabytes, 1, 1'000'000),
           CheckRange("max-sockets", max_sockets, 1, 10'000'000),
           CheckRange("max-sockets-per-address", max_sockets_per_address, 0, 10'000'000),
           CheckRange("max-sockets-per-subject", max_sockets_per_subject, 0, 10'000'000),
           CheckRange("max-accepts-per-second", max_accepts_per_second, 0, 10'000'000),
           CheckRange("max-frames-per-second", max_frames_per_second, 0, 1'000'000),
           CheckRange("authenticate-timeout-ms", authenticate_timeout_ms, 10, 600'000),
           CheckRange("progress-interval-ms", progress_interval_ms, 10, 600'000),
           CheckRange("slow-socket-timeout-ms", slow_socket_timeout_ms, 100, 3'600'000),
           CheckRange("drain-delay-ms", drain_delay_ms, 0, 600'000),
           CheckRange("drain-timeout-ms", drain_timeout_ms, 0, 600'000),
           CheckRange("reconnect-spread-ms", reconnect_spread_ms, 100, 3'600'000),
       }) {
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace ledgercast
