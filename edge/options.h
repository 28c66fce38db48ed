#ifndef EDGE_OPTIONS_H_
#define EDGE_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/oidc_keys.h"
#include "services/common/tls_files.h"

namespace ledgercast {

// Everything that can be set from outside, as flags and environment give it.
struct EdgeOptions {
  std::string listen = "0.0.0.0:8080";
  std::string admin_listen = "127.0.0.1:9102";
  std::string service = "127.0.0.1:50051";
  // TLS files for connections to the service. Without a CA they are plaintext.
  TlsFiles service_tls;
  // PEM of the Ed25519 private key that the relay's tokens are signed with.
  std::string relay_key_file;
  std::string issuer = "ledgercast";
  std::string audience = "ledgercast";
  // Whose tokens are good as well. Requests are passed on with them, so the service is told, too.
  OidcOptions oidc;
  // "" = no UI.
  std::string ui_dir;
  std::vector<std::string> allowed_origins;
  // 0 = one for each core.
  int threads = 0;
  int64_t ring_transactions = 1'000'000;
  int64_t ring_megabytes = 512;
  // Connections of any kind; lowered to what the limit on open files leaves room for.
  int64_t max_sockets = 100'000;
  // 0 = any number.
  int64_t max_sockets_per_address = 0;
  int64_t max_sockets_per_subject = 20'000;
  int64_t max_accepts_per_second = 10'000;
  int64_t max_frames_per_second = 1'000;
  int64_t authenticate_timeout_ms = 5'000;
  int64_t progress_interval_ms = 5'000;
  int64_t slow_socket_timeout_ms = 60'000;
  // At the end: for the first not ready, but everything is served; then clients are sent away.
  int64_t drain_delay_ms = 250;
  int64_t drain_timeout_ms = 2'000;
  // Within which clients that are sent away are asked to come back, each at a time of its own.
  int64_t reconnect_spread_ms = 3'000;
  // Compresses the messages of sockets whose clients offer it.
  bool compression = false;
  std::string log_level = "info";

  // INVALID_ARGUMENT naming the first flag that cannot be.
  absl::Status Validate() const;
};

}  // namespace ledgercast

#endif  // EDGE_OPTIONS_H_
