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
             "file with the database's password in one line, read at each connection; empty: none");
  flags->Add("migrate", &options->migrate,
             "make and migrate the tables at start; false: wait until `migrate` was run");
  flags->AddMilliseconds("statement-timeout-ms", &options->postgres.statement_timeout,
                         "longest time for a connection to PostgreSQL and for each statement");
  flags->AddMilliseconds("fence-timeout-ms", &options->postgres.fence_timeout,
                         "longest time that a replica which hangs while it posts can block the "
                         "others");
  flags->Add("store-threads", &options->store_threads,
             "number of threads that read PostgreSQL, each with a connection");
  flags->Add("notify", &options->postgres.notify,
             "tell other replicas of each commit (NOTIFY); without it they poll");
  flags->AddMilliseconds("tail-poll-ms", &options->tail.poll_interval,
                         "how often the service looks for commits of other replicas");
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
                    "lifetime of an access token");
  flags->AddSeconds("refresh-token-seconds", &options->tokens.refresh_lifetime,
                    "lifetime of a refresh token");
  flags->AddSeconds(
      "refresh-token-grace-seconds", &options->tokens.grace,
      "how long a used refresh token may be used again, as two browser tabs do; after "
      "that a second use ends the sign-in");
  flags->Add("password-threads", &options->passwords.threads,
             "number of threads that check passwords; each needs " +
                 std::to_string(kPasswordMemoryBytes >> 20) + " MiB during a check");
  flags->AddMilliseconds(
      "max-password-wait-ms", &options->passwords.max_wait,
      "largest amount of waiting work on passwords, as the time that it takes; a tenth of it for "
      "clients that failed lately; more gets TOO_BUSY");
}

void AddPostingFlags(FlagSet* flags, TransactionOptions* options) {
  flags->Group("Posting");
  flags->Add("max-batch-transactions", &options->poster.max_batch_transactions,
             "largest number of transfers in one commit");
  flags->Add("max-queued-transactions", &options->poster.queue.max_transactions,
             "largest number of waiting transfers; more get TOO_BUSY");
}

void AddWatchingFlags(FlagSet* flags, TransactionOptions* options) {
  flags->Group("Watching");
  flags->Add("ring-transactions", &options->log.capacity_transactions,
             "number of newest transactions kept in memory for watchers");
  flags->AddMegabytes("ring-megabytes", &options->log.capacity_bytes,
                      "largest amount of memory that these transactions may take");
  flags->Add("warm-transactions", &options->warm_log_transactions,
             "number of newest transactions read into memory at start");
  flags->Add("max-watches-per-caller", &options->watches.max_watches_per_caller,
             "largest number of open WatchTransactions calls of one caller; more get TOO_BUSY; "
             "0: no limit; the edge is never limited");
  flags->Add("history-threads", &options->history_threads,
             "number of threads that read PostgreSQL for watchers that catch up, each with a "
             "connection");
  flags->Add("turn-threads", &options->turn_threads,
             "number of threads that feed watchers from memory");
  flags->Add("digest-threads", &options->digest_threads, "number of threads that compute digests");
}

void AddConnectionFlags(FlagSet* flags, TransactionOptions* options) {
  flags->Group("Listening");
  flags->Add("listen", &options->listen, "HOST:PORT of gRPC; port 0 picks a free one");
  flags->Add("admin-listen", &options->admin_listen,
             "HOST:PORT of /healthz, /readyz and /metrics; empty: none");
  flags->Add("health-listen", &options->health_listen,
             "HOST:PORT of gRPC health without TLS, for startup, readiness and liveness probes; "
             "empty: none");
  flags->Add("tls-cert-file", &options->tls.cert_file,
             "certificate (PEM) of the gRPC server, with its intermediate ones; empty: plaintext");
  flags->Add("tls-key-file", &options->tls.key_file, "private key (PEM) of that certificate");
  flags->Add("tls-client-ca-file", &options->tls.ca_file,
             "CA (PEM) of the certificates that clients must have; empty: they need none");
  ConnectionOptions& connections = options->connections;
  flags->AddSeconds("keepalive-seconds", &connections.keepalive,
                    "how often a silent client is asked whether it is still there");
  flags->AddSeconds("keepalive-timeout-seconds", &connections.keepalive_timeout,
                    "how long the client has to answer");
  flags->AddSeconds("max-connection-age-seconds", &connections.max_age,
                    "age at which a client is told to connect anew, so that load spreads over "
                    "replicas; 0: never");
  flags->AddSeconds("max-connection-age-grace-seconds", &connections.max_age_grace,
                    "how long calls on the old connection may still take");
}

void AddOperationFlags(FlagSet* flags, TransactionOptions* options) {
  flags->Group("Operation");
  flags->Add("log-level", &options->log_level, "trace, debug, info, warn, error or off");
  flags->AddSwitch("access-log", &options->calls.access_log,
                   "log every call; without it only calls that failed by the service's own fault");
  flags->AddSeconds("max-clock-skew-seconds", &options->max_clock_skew,
                    "largest difference of this machine's clock, or of the ledger's newest time, "
                    "from the database's clock; beyond it the service is not ready and posts "
                    "nothing");
  flags->AddMilliseconds(
      "max-tail-lag-ms", &options->max_tail_lag,
      "the service is not ready if it has not seen the ledger's newest commits for this long");
  flags->AddMilliseconds(
      "drain-delay-ms", &options->drain_delay,
      "how long the service says not ready at shutdown while it still serves everything");
  flags->AddMilliseconds("drain-timeout-ms", &options->drain_timeout,
                         "time after that for running calls, while new ones are refused");
}

}  // namespace

void AddMigrateMode(FlagSet* flags, bool* migrate, std::string* runtime_role) {
  FlagSet mode = flags->AddMode(
      "migrate",
      "makes or migrates the tables in --database and ends; it must connect as their owner",
      migrate);
  mode.Add("runtime-role", runtime_role,
           "role as which the service will connect, with --migrate=false; it must exist, and "
           "gets the rights to read and to append, but none to change history");
}

void AddFlags(FlagSet* flags, TransactionOptions* options) {
  AddConnectionFlags(flags, options);
  AddDatabaseFlags(flags, options);
  AddTokenFlags(flags, options);
  AddOidcFlags(flags, &options->oidc);
  AddPostingFlags(flags, options);
  AddWatchingFlags(flags, options);
  AddTracingFlags(flags, &options->tracing);
  AddOperationFlags(flags, options);
}

}  // namespace ledgercast
