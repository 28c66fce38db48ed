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
                "other sites whose pages may connect too");

  flags.Group("Transaction service");
  flags.Add("service", &options->service,
            "HOST:PORT of the service, or several IP:PORT with commas, which calls use in turn");
  flags.Add("service-ca-file", &options->service_tls.ca_file,
            "CA (PEM) of the service's certificate; empty: plaintext");
  flags.Add("service-cert-file", &options->service_tls.cert_file,
            "client certificate (PEM), if the service asks for one");
  flags.Add("service-key-file", &options->service_tls.key_file,
            "private key (PEM) of the client certificate");
  flags.Add("relay-key-file", &options->relay_key_file,
            "Ed25519 private key (PEM) by which the edge proves its identity to the service");
  flags.Add("issuer", &options->issuer, "`iss` of access tokens");
  flags.Add("audience", &options->audience, "`aud` of access tokens");

  AddOidcFlags(&flags, &options->oidc);

  Admission::Options& admission = options->admission;
  EdgeShard::Options& shard = options->shard;
  flags.Group("Sockets");
  flags.Add("threads", &options->threads, "shards; 0: one for each core");
  flags.Add("max-sockets", &admission.max_connections, "most connections; more are refused");
  flags.Add("max-sockets-per-address", &admission.max_connections_per_address,
            "most of one address; 0: any number, as behind a proxy");
  flags.Add("max-sockets-per-subject", &admission.max_connections_per_subject,
            "most of one account, over all transports; 0: any number");
  flags.Add("max-accepts-per-second", &admission.max_accepts_per_second,
            "most new connections a second; 0: any number");
  flags.Add("max-frames-per-second", &shard.session.max_frames_per_second,
            "most of one socket, five seconds' worth at once; 0: any number");
  flags.AddMilliseconds("authenticate-timeout-ms", &shard.token_times.authenticate_timeout,
                        "longest from the upgrade to a token");
  flags.AddMilliseconds(
      "progress-interval-ms", &shard.hub.fanout.progress_interval,
      "how often a watch that gets nothing is told how far the ledger is, while the ledger moves; "
      "on a quiet one five times as long, at most 25 s");
  flags.AddMilliseconds("slow-socket-timeout-ms", &shard.hub.catch_up.slow_socket_timeout,
                        "longest that a write may hang");
  flags.AddSwitch("compression", &options->compression,
                  "compress what is sent to sockets that offer permessage-deflate");
  flags.Add("ring-transactions", &options->ring.capacity_transactions,
            "newest transactions kept in memory for sockets");
  flags.AddMegabytes("ring-megabytes", &options->ring.capacity_bytes,
                     "most memory that they may take");

  AddTracingFlags(&flags, &options->tracing);

  flags.Group("Operation");
  flags.Add("log-level", &options->log_level, "trace, debug, info, warn, error or off");
  flags.AddMilliseconds("drain-delay-ms", &options->drain_delay,
                        "at the end: not ready, but everything is served, for so long");
  flags.AddMilliseconds("drain-timeout-ms", &options->drain_timeout,
                        "then how long clients are told to go, one after the other");
  flags.AddMilliseconds("reconnect-spread-ms", &shard.longest_reconnect,
                        "within which they are asked to come back, each at a time of its own");
}

}  // namespace ledgercast
