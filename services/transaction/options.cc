#include "services/transaction/options.h"

#include "services/common/base/errors.h"
#include "services/transaction/postgres/connect_settings.h"

namespace ledgercast {
namespace {

absl::Status Require(bool holds, std::string_view flag, std::string_view rule) {
  return holds ? absl::OkStatus() : InvalidField(flag, rule);
}

bool IsUpToADay(absl::Duration duration) {
  return duration >= absl::ZeroDuration() && duration <= absl::Hours(24);
}

}  // namespace

absl::Status TransactionOptions::ValidateDatabase() const {
  return Require(!postgres.conninfo.empty(), "--database",
                 "must be a PostgreSQL connection string; LEDGERCAST_DATABASE sets it too");
}

std::string TransactionOptions::MaskDatabase(const std::string& conninfo) {
  return postgres::MaskConninfo(conninfo);
}

absl::Status TransactionOptions::Validate() const {
  const int64_t min_log = 2 * log.chunk_transactions;
  if (absl::Status status = oidc.Validate(); !status.ok()) return status;
  if (absl::Status status = tracing.Validate(); !status.ok()) return status;
  for (const absl::Status& status : {
           Require(!listen.empty(), "--listen", "must be HOST:PORT"),
           Require(tls.cert_file.empty() == tls.key_file.empty(), "--tls-key-file",
                   "and --tls-cert-file go together: give both or none"),
           Require(tls.ca_file.empty() || !tls.cert_file.empty(), "--tls-client-ca-file",
                   "needs --tls-cert-file and --tls-key-file"),
           ValidateDatabase(),
           Require(!signing_key_file.empty(), "--signing-key-file",
                   "must name a PEM file (make one: openssl genpkey -algorithm ed25519)"),
           Require(!issuer.empty(), "--issuer", "must not be empty"),
           Require(!audience.empty(), "--audience", "must not be empty"),
           Require(tail.poll_interval >= absl::Milliseconds(1), "--tail-poll-ms",
                   "must be at least 1"),
           Require(postgres.statement_timeout >= absl::Milliseconds(100), "--statement-timeout-ms",
                   "must be at least 100"),
           Require(postgres.fence_timeout >= absl::Milliseconds(100), "--fence-timeout-ms",
                   "must be at least 100"),
           Require(max_clock_skew >= absl::Seconds(1) && IsUpToADay(max_clock_skew),
                   "--max-clock-skew-seconds", "must be 1 to 86400"),
           Require(log.capacity_transactions >= min_log, "--ring-transactions",
                   "must be at least 512"),
           Require(log.capacity_bytes >= int64_t{1} << 20, "--ring-megabytes",
                   "must be at least 1"),
           Require(poster.max_batch_transactions >= 1 && poster.max_batch_transactions <= 10'000,
                   "--max-batch-transactions", "must be 1 to 10000"),
           Require(poster.queue.max_transactions >= poster.max_batch_transactions,
                   "--max-queued-transactions", "must be at least --max-batch-transactions"),
           Require(watchers.max_watches_per_caller >= 0, "--max-watches-per-caller",
                   "must be at least 0"),
           Require(store_threads >= 1 && store_threads <= 256, "--store-threads",
                   "must be 1 to 256"),
           Require(history_threads >= 1 && history_threads <= 64, "--history-threads",
                   "must be 1 to 64"),
           Require(passwords.threads >= 1 && passwords.threads <= 64, "--password-threads",
                   "must be 1 to 64"),
           Require(passwords.max_wait >= absl::Milliseconds(100) &&
                       passwords.max_wait <= absl::Minutes(1),
                   "--max-password-wait-ms", "must be 100 to 60000"),
           Require(tokens.grace >= absl::ZeroDuration() && tokens.grace <= absl::Minutes(1),
                   "--refresh-token-grace-seconds", "must be 0 to 60"),
           Require(turn_threads >= 1 && turn_threads <= 64, "--turn-threads", "must be 1 to 64"),
           Require(digest_threads >= 1 && digest_threads <= 64, "--digest-threads",
                   "must be 1 to 64"),
           Require(connections.keepalive >= absl::Seconds(1), "--keepalive-seconds",
                   "must be at least 1"),
           Require(connections.keepalive_timeout >= absl::Seconds(1), "--keepalive-timeout-seconds",
                   "must be at least 1"),
           Require(IsUpToADay(connections.max_age), "--max-connection-age-seconds",
                   "must be 0 to 86400"),
           Require(IsUpToADay(connections.max_age_grace), "--max-connection-age-grace-seconds",
                   "must be 0 to 86400"),
           Require(max_tail_lag > tail.poll_interval, "--max-tail-lag-ms",
                   "must be above --tail-poll-ms"),
           Require(IsUpToADay(drain_delay), "--drain-delay-ms", "must be 0 to 86400000"),
           Require(IsUpToADay(drain_timeout), "--drain-timeout-ms", "must be 0 to 86400000"),
       }) {
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace ledgercast
