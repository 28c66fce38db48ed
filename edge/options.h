#ifndef EDGE_OPTIONS_H_
#define EDGE_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/common/auth/oidc_keys.h"
#include "services/common/base/tls_files.h"
#include "services/trace/tracing.h"

namespace ledgercast {

// Everything that can be set from outside, as flags and environment give it.
struct EdgeOptions {
  std::string listen = "0.0.0.0:8080";
  std::string admin_listen = "127.0.0.1:9102";
  std::string service = "127.0.0.1:50051";
  // TLS files for connections to the service. Without a CA they are plaintext.
  TlsFiles service_tls;
  TracingOptions tracing;
  // PEM of the Ed25519 private key that the relay's tokens are signed with.
  std::string relay_key_file;
  std::string issuer = "ledgercast";
  std::string audience = "ledgercast";
  // The OpenID provider whose tokens are good as well. The service must know it, too, since
  // requests are passed on with these tokens.
  OidcOptions oidc;
  // "" = no UI.
  std::string ui_dir;
  std::vector<std::string> allowed_origins;
  // 0 = one for each core.
  int threads = 0;
  int64_t ring_transactions = 1'000'000;
  int64_t ring_megabytes = 512;
  // Maximum number of connections of any kind; lowered to what the limit on open files allows.
  int64_t max_sockets = 100'000;
  // 0 = any number.
  int64_t max_sockets_per_address = 0;
  int64_t max_sockets_per_subject = 20'000;
  int64_t max_accepts_per_second = 10'000;
  int64_t max_frames_per_second = 1'000;
  int64_t authenticate_timeout_ms = 5'000;
  int64_t progress_interval_ms = 5'000;
  // The longest that a watch of a quiet ledger is told nothing: what lies between a client and the
  // edge may end a connection that is silent for 30 s.
  static constexpr absl::Duration kLongestQuiet = absl::Seconds(25);
  int64_t slow_socket_timeout_ms = 60'000;
  // An edge that stops is not ready for `drain_delay_ms`, but serves everything. Then it sends its
  // clients away within `drain_timeout_ms`.
  int64_t drain_delay_ms = 250;
  int64_t drain_timeout_ms = 2'000;
  // Time over which clients that are sent away are asked to come back, each at a random moment.
  int64_t reconnect_spread_ms = 3'000;
  // Whether to compress the messages of sockets whose clients offer it.
  bool compression = false;
  std::string log_level = "info";

  // Returns INVALID_ARGUMENT, naming the first flag that is not valid, or OK.
  absl::Status Validate() const;
};

}  // namespace ledgercast

#endif  // EDGE_OPTIONS_H_
