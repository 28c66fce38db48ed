#include "edge/flags.h"

#include "absl/strings/str_cat.h"
#include "services/common/auth/oidc_flags.h"
#include "services/common/base/flag_set.h"
#include "services/trace/flags.h"

namespace ledgercast {

void AddFlags(FlagSet* flags, EdgeOptions* options) {
  flags->Group("Listening");
  flags->Add("listen", &options->listen,
             "HOST:PORT of HTTP and WebSocket; port 0 picks a free one");
  flags->Add("admin-listen", &options->admin_listen,
             "HOST:PORT of /healthz, /readyz and /metrics; empty: none");
  flags->Add("ui-dir", &options->ui_dir, "folder of the browser UI; empty: none");
  flags->AddList("allowed-origins", &options->allowed_origins,
                 "other sites whose pages may connect too");

  flags->Group("Transaction service");
  flags->Add("service", &options->service,
             "HOST:PORT of the service, or several IP:PORT with commas, which calls use in turn");
  flags->Add("service-ca-file", &options->service_tls.ca_file,
             "CA (PEM) of the service's certificate; empty: plaintext");
  flags->Add("service-cert-file", &options->service_tls.cert_file,
             "client certificate (PEM), if the service asks for one");
  flags->Add("service-key-file", &options->service_tls.key_file,
             "private key (PEM) of the client certificate");
  flags->Add("relay-key-file", &options->relay_key_file,
             "Ed25519 private key (PEM) by which the edge proves its identity to the service");
  flags->Add("issuer", &options->issuer, "`iss` of access tokens");
  flags->Add("audience", &options->audience, "`aud` of access tokens");

  AddOidcFlags(flags, &options->oidc);

  Admission::Options& admission = options->admission;
  EdgeShard::Options& shard = options->shard;
  flags->Group("Sockets");
  flags->Add("threads", &options->threads,
             "number of shards, each with a thread; 0: one for each core");
  flags->Add("max-sockets", &admission.max_connections,
             "largest number of connections; more are refused");
  flags->Add("max-sockets-per-address", &admission.max_connections_per_address,
             "largest number of connections from one address; 0: no limit, for use behind a proxy");
  flags->Add("max-sockets-per-subject", &admission.max_connections_per_subject,
             "largest number of connections of one account, over all transports; 0: no limit");
  flags->Add("max-accepts-per-second", &admission.max_accepts_per_second,
             "largest number of new connections per second; 0: no limit");
  flags->Add(
      "max-frames-per-second", &options->max_frames_per_second,
      "largest number of frames per second from one socket, with bursts of five seconds' worth; "
      "0: no limit");
  flags->AddMilliseconds("authenticate-timeout-ms", &shard.token_times.authenticate_timeout,
                         "longest time from the WebSocket upgrade until the client sends a token");
  flags->AddMilliseconds(
      "progress-interval-ms", &shard.hub.fanout.progress_interval,
      absl::StrCat("how often a watch without new transactions is told how far the ledger is; five "
                   "times as long, at most ",
                   absl::ToInt64Seconds(EdgeOptions::kLongestQuiet),
                   " s, while nothing is posted at all"));
  flags->AddMilliseconds("slow-socket-timeout-ms", &shard.hub.catch_up.slow_socket_timeout,
                         "longest time that a write may take before the socket is closed");
  flags->AddSwitch("compression", &options->compression,
                   "compress messages to sockets that offer permessage-deflate");
  flags->Add("ring-transactions", &options->ring.capacity_transactions,
             "number of newest transactions kept in memory for sockets");
  flags->AddMegabytes("ring-megabytes", &options->ring.capacity_bytes,
                      "largest amount of memory that these transactions may take");

  AddTracingFlags(flags, &options->tracing);

  flags->Group("Operation");
  flags->Add("log-level", &options->log_level, "trace, debug, info, warn, error or off");
  flags->AddMilliseconds(
      "drain-delay-ms", &options->drain_delay,
      "how long /readyz says not ready at shutdown while everything is still served");
  flags->AddMilliseconds(
      "drain-timeout-ms", &options->drain_timeout,
      "time after that over which clients are disconnected, one after the other");
  flags->AddMilliseconds("reconnect-spread-ms", &shard.longest_reconnect,
                         "time over which the return of these clients is spread");
}

}  // namespace ledgercast
