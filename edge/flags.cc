#include "edge/flags.h"

#include <string>

#include "services/common/auth/oidc_flags.h"
#include "services/common/base/flag_set.h"
#include "services/trace/flags.h"

namespace ledgercast {

void AddFlags(CLI::App* app, EdgeOptions* options) {
  FlagSet flags(app);
  flags.Group("Listening");
  flags.Add("listen", &options->listen, "HOST:PORT of HTTP and WebSocket; port 0 picks a free one");
  flags.Add("admin-listen", &options->admin_listen,
            "HOST:PORT of /healthz, /readyz and /metrics; empty: none");
  flags.Add("ui-dir", &options->ui_dir, "folder of the browser UI; empty: none");
  flags.AddList("allowed-origins", &options->allowed_origins,
                "sites besides its own whose pages may connect");

  flags.Group("Transaction service");
  flags.Add("service", &options->service,
            "HOST:PORT of it, or several IP:PORT with commas, of which each call takes the next");
  flags.Add("service-ca-file", &options->service_tls.ca_file,
            "CA (PEM) of its certificate; empty: plaintext");
  flags.Add("service-cert-file", &options->service_tls.cert_file,
            "certificate (PEM) to show to it, where it asks for one");
  flags.Add("service-key-file", &options->service_tls.key_file, "private key (PEM) of that");
  flags.Add("relay-key-file", &options->relay_key_file,
            "Ed25519 private key (PEM) by which the edge proves itself");
  flags.Add("issuer", &options->issuer, "`iss` of access tokens");
  flags.Add("audience", &options->audience, "`aud` of access tokens");

  AddOidcFlags(&flags, &options->oidc);

  flags.Group("Sockets");
  flags.Add("threads", &options->threads, "shards; 0: one for each core");
  flags.Add("max-sockets", &options->max_sockets, "most connections; more are refused");
  flags.Add("max-sockets-per-address", &options->max_sockets_per_address,
            "most of one address; 0: any number, as behind a proxy");
  flags.Add("max-sockets-per-subject", &options->max_sockets_per_subject,
            "most of one account, over all transports; 0: any number");
  flags.Add("max-accepts-per-second", &options->max_accepts_per_second,
            "most new connections a second; 0: any number");
  flags.Add("max-frames-per-second", &options->max_frames_per_second,
            "most of one socket, five seconds' worth at once; 0: any number");
  flags.Add("authenticate-timeout-ms", &options->authenticate_timeout_ms,
            "longest from the upgrade to a token");
  flags.Add(
      "progress-interval-ms", &options->progress_interval_ms,
      "how often a watch that gets nothing is told how far the ledger is, while the ledger moves; "
      "on a quiet one five times as long, at most " +
          std::to_string(EdgeOptions::kLongestQuiet / absl::Seconds(1)) + " s");
  flags.Add("slow-socket-timeout-ms", &options->slow_socket_timeout_ms,
            "longest that a write may hang");
  flags.AddSwitch("compression", &options->compression,
                  "compress what is sent to sockets that offer permessage-deflate");
  flags.Add("ring-transactions", &options->ring_transactions,
            "newest transactions kept in memory for sockets");
  flags.Add("ring-megabytes", &options->ring_megabytes, "most memory that they may take");

  AddTracingFlags(&flags, &options->tracing);

  flags.Group("Operation");
  flags.Add("log-level", &options->log_level, "trace, debug, info, warn, error or off");
  flags.Add("drain-delay-ms", &options->drain_delay_ms,
            "at the end: not ready, but everything is served, for so long");
  flags.Add("drain-timeout-ms", &options->drain_timeout_ms,
            "then how long clients are told to go, one after the other");
  flags.Add("reconnect-spread-ms", &options->reconnect_spread_ms,
            "within which they are asked to come back, each at a time of its own");
}

}  // namespace ledgercast
