#include "services/transaction/flags.h"

#include <string>

#include "services/common/auth/oidc_flags.h"
#include "services/common/auth/password.h"
#include "services/common/base/flag_set.h"
#include "services/trace/flags.h"

namespace ledgercast {
namespace {

void AddDatabaseFlags(FlagSet* flags, TransactionOptions* options) {
  flags->Group("Database");
  flags->Add("database", &options->postgres.conninfo, "PostgreSQL connection string");
  flags->Add("database-password-file", &options->postgres.password_file,
             "file of one line: its password, read at each connecting; empty: none");
  flags->Add("migrate", &options->migrate,
             "make and migrate its tables at start; false: wait until `migrate` was run");
  flags->AddMilliseconds("statement-timeout-ms", &options->postgres.statement_timeout,
                         "longest that connecting to PostgreSQL and each statement may take");
  flags->AddMilliseconds("fence-timeout-ms", &options->postgres.fence_timeout,
                         "longest that a replica which stands still while it posts holds up the "
                         "others");
  flags->Add("store-threads", &options->store_threads,
             "threads, and so connections, that read PostgreSQL");
  flags->Add("notify", &options->postgres.notify,
             "tell other replicas of each commit (NOTIFY); without it they poll");
  flags->AddMilliseconds("tail-poll-ms", &options->tail.poll_interval,
                         "how often other replicas' commits are looked for");
}

void AddTokenFlags(FlagSet* flags, TransactionOptions* options) {
  flags->Group("Tokens");
  flags->Add("signing-key-file", &options->signing_key_file,
             "Ed25519 private key (PEM) that signs access tokens");
  flags->AddList("relay-key-file", &options->relay_key_files,
                 "public key (PEM) of an edge that may relay; may be given several times");
  flags->Add("issuer", &options->issuer, "`iss` of access tokens");
  flags->Add("audience", &options->audience, "`aud` of access tokens");
  flags->AddSeconds("access-token-seconds", &options->tokens.access_lifetime,
                    "how long an access token is good");
  flags->AddSeconds("refresh-token-seconds", &options->tokens.refresh_lifetime,
                    "how long a refresh token is good");
  flags->AddSeconds("refresh-token-grace-seconds", &options->tokens.grace,
                    "for so long after its use a refresh token may be shown again, as two tabs do; "
                    "later that ends its sign-in");
  flags->Add("password-threads", &options->passwords.threads,
             "threads that check passwords; each takes " +
                 std::to_string(kPasswordMemoryBytes >> 20) + " MiB while it does");
  flags->AddMilliseconds(
      "max-password-wait-ms", &options->passwords.max_wait,
      "work on passwords that may wait, for clients that failed lately a part of it; "
      "above it TOO_BUSY");
}

void AddPostingFlags(FlagSet* flags, TransactionOptions* options) {
  flags->Group("Posting");
  flags->Add("max-batch-transactions", &options->poster.max_batch_transactions,
             "most transfers in one commit");
  flags->Add("max-queued-transactions", &options->poster.queue.max_transactions,
             "transfers that may wait; above that TOO_BUSY");
}

void AddWatchingFlags(FlagSet* flags, TransactionOptions* options) {
  flags->Group("Watching");
  flags->Add("ring-transactions", &options->log.capacity_transactions,
             "newest transactions kept in memory for watchers");
  flags->AddMegabytes("ring-megabytes", &options->log.capacity_bytes,
                      "most memory that they may take");
  flags->Add("warm-transactions", &options->warm_log_transactions,
             "newest transactions read into memory at start");
  flags->Add("max-watches-per-caller", &options->watchers.max_watches_per_caller,
             "WatchTransactions calls that one caller may have open; above that TOO_BUSY; "
             "0: any number; the relay always may");
  flags->Add("history-threads", &options->history_threads,
             "threads, and so connections, that read PostgreSQL for watchers that catch up");
  flags->Add("turn-threads", &options->turn_threads, "threads that feed watchers from memory");
  flags->Add("digest-threads", &options->digest_threads, "threads that compute digests");
}

void AddConnectionFlags(FlagSet* flags, TransactionOptions* options) {
  flags->Group("Listening");
  flags->Add("listen", &options->listen, "HOST:PORT of gRPC; port 0 picks a free one");
  flags->Add("admin-listen", &options->admin_listen,
             "HOST:PORT of /healthz, /readyz and /metrics; empty: none");
  flags->Add("health-listen", &options->health_listen,
             "HOST:PORT of gRPC health without TLS, for probes: startup, readiness, liveness; "
             "empty: none");
  flags->Add("tls-cert-file", &options->tls.cert_file,
             "certificate (PEM) of gRPC, with the intermediate ones; empty: plaintext");
  flags->Add("tls-key-file", &options->tls.key_file, "its private key (PEM)");
  flags->Add("tls-client-ca-file", &options->tls.ca_file,
             "CA (PEM) of the certificates that clients must then show; empty: none needed");
  ConnectionOptions& connections = options->connections;
  flags->AddSeconds("keepalive-seconds", &connections.keepalive,
                    "a silent client is asked this often whether it is there");
  flags->AddSeconds("keepalive-timeout-seconds", &connections.keepalive_timeout,
                    "how long it has to answer");
  flags->AddSeconds("max-connection-age-seconds", &connections.max_age,
                    "then a client is told to connect anew, so that load spreads over replicas; "
                    "0: never");
  flags->AddSeconds("max-connection-age-grace-seconds", &connections.max_age_grace,
                    "how long calls on its old connection may still take");
}

void AddOperationFlags(FlagSet* flags, TransactionOptions* options) {
  flags->Group("Operation");
  flags->Add("log-level", &options->log_level, "trace, debug, info, warn, error or off");
  flags->AddSwitch("access-log", &options->calls.access_log,
                   "one line for each call; without it for failures that are ours");
  flags->AddSeconds("max-clock-skew-seconds", &options->max_clock_skew,
                    "not ready, and nothing is posted, if this machine's clock or the ledger's "
                    "newest time is further than this from the database's clock");
  flags->AddMilliseconds("max-tail-lag-ms", &options->max_tail_lag,
                         "not ready if the ledger's newest commits were not seen for so long");
  flags->AddMilliseconds("drain-delay-ms", &options->drain_delay,
                         "at the end: not ready, but everything is served, for so long");
  flags->AddMilliseconds("drain-timeout-ms", &options->drain_timeout,
                         "then new calls are refused, and those under way have so long");
}

}  // namespace

CLI::App* AddMigrateMode(CLI::App* app, std::string* runtime_role) {
  CLI::App* const mode = app->add_subcommand(
      "migrate",
      "makes or migrates the tables in --database, whose owner it has to connect as, and ends");
  mode->fallthrough();
  mode->add_option("--runtime-role", *runtime_role,
                   "the role that the service will connect as, with --migrate=false: it gets the "
                   "right to read and to append, and none to change history; it must exist")
      ->envname("LEDGERCAST_RUNTIME_ROLE");
  return mode;
}

void AddFlags(CLI::App* app, TransactionOptions* options) {
  FlagSet flags(app);
  AddConnectionFlags(&flags, options);
  AddDatabaseFlags(&flags, options);
  AddTokenFlags(&flags, options);
  AddOidcFlags(&flags, &options->oidc);
  AddPostingFlags(&flags, options);
  AddWatchingFlags(&flags, options);
  AddTracingFlags(&flags, &options->tracing);
  AddOperationFlags(&flags, options);
}

}  // namespace ledgercast
