#ifndef EDGE_OPTIONS_H_
#define EDGE_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "edge/edge_shard.h"
#include "edge/net/admission.h"
#include "services/common/auth/oidc_keys.h"
#include "services/common/base/tls_files.h"
#include "services/common/ledger/transaction_log.h"
#include "services/trace/tracing.h"

namespace ledgercast {

// Everything that can be set of the edge, with its defaults. Read from flags and environment in
// main and nowhere else.
struct EdgeOptions {
  std::string listen = "0.0.0.0:8080";
  std::string admin_listen = "127.0.0.1:9102";
  // Where systemd is told that the program is ready; empty: nowhere.
  std::string notify_socket;
  std::string service = "127.0.0.1:50051";
  // TLS files for connections to the service. Without a CA the connections are plaintext.
  TlsFiles service_tls;
  TracingOptions tracing;
  // File with the Ed25519 private key (PEM) that the relay's tokens are signed with.
  std::string relay_key_file;
  std::string issuer = "ledgercast";
  std::string audience = "ledgercast";
  // The OpenID provider whose tokens are accepted as well. The service must know it too, because
  // requests are passed on with these tokens.
  OidcOptions oidc;
  // Folder of the browser UI; empty = no UI.
  std::string ui_dir;
  std::vector<std::string> allowed_origins;

  // 0 = one for each core.
  int threads = 0;
  Admission::Options admission;
  TransactionLog::Options ring;
  EdgeShard::Options shard;
  // 0 = any number.
  int64_t max_frames_per_second = kMaxFramesPerSecond;
  // Longest time that a watch of a quiet ledger is told nothing. Whatever stands between a client
  // and the edge may end a connection that is silent for 30 s.
  static constexpr absl::Duration kLongestQuiet = absl::Seconds(25);
  // Compresses the messages of sockets whose clients offer it.
  bool compression = false;

  // An edge that stops is not ready for `drain_delay`, but serves everything. Then it sends its
  // clients away within `drain_timeout`.
  absl::Duration drain_delay = absl::Milliseconds(250);
  absl::Duration drain_timeout = absl::Seconds(2);
  std::string log_level = "info";

  // Returns INVALID_ARGUMENT, naming the flag and what it may be, or OK.
  absl::Status Validate() const;
};

}  // namespace ledgercast

#endif  // EDGE_OPTIONS_H_
