#include "services/transaction/options.h"

#include <cstdint>

#include "services/common/base/setting_rules.h"
#include "services/transaction/postgres/connect_settings.h"

namespace ledgercast {
namespace {

constexpr int64_t kDaySeconds = 24 * 60 * 60;
constexpr int64_t kDayMillis = kDaySeconds * 1'000;

}  // namespace

absl::Status TransactionOptions::ValidateDatabase() const {
  return Require(!postgres.conninfo.empty(), "--database",
                 "must be a PostgreSQL connection string; LEDGERCAST_DATABASE sets it too");
}

std::string TransactionOptions::MaskDatabase(const std::string& conninfo) {
  return postgres::MaskConninfo(conninfo);
}

absl::Status TransactionOptions::ValidateListening() const {
  return FirstError({
      Require(!listen.empty(), "--listen", "must be HOST:PORT"),
      Require(tls.cert_file.empty() == tls.key_file.empty(), "--tls-key-file",
              "and --tls-cert-file go together: give both or none"),
      Require(tls.ca_file.empty() || !tls.cert_file.empty(), "--tls-client-ca-file",
              "needs --tls-cert-file and --tls-key-file"),
      RequireAtLeast("--keepalive-seconds", absl::ToInt64Seconds(connections.keepalive), 1),
      RequireAtLeast("--keepalive-timeout-seconds",
                     absl::ToInt64Seconds(connections.keepalive_timeout), 1),
      RequireRange("--max-connection-age-seconds", absl::ToInt64Seconds(connections.max_age), 0,
                   kDaySeconds),
      RequireRange("--max-connection-age-grace-seconds",
                   absl::ToInt64Seconds(connections.max_age_grace), 0, kDaySeconds),
      RequireRange("--drain-delay-ms", absl::ToInt64Milliseconds(drain_delay), 0, kDayMillis),
      RequireRange("--drain-timeout-ms", absl::ToInt64Milliseconds(drain_timeout), 0, kDayMillis),
  });
}

absl::Status TransactionOptions::ValidateTokens() const {
  return FirstError({
      Require(!signing_key_file.empty(), "--signing-key-file",
              "must name a PEM file (make one: openssl genpkey -algorithm ed25519)"),
      Require(!issuer.empty(), "--issuer", "must not be empty"),
      Require(!audience.empty(), "--audience", "must not be empty"),
      RequireRange("--refresh-token-grace-seconds", absl::ToInt64Seconds(tokens.grace), 0, 60),
      RequireRange("--max-password-wait-ms", absl::ToInt64Milliseconds(passwords.max_wait), 100,
                   60'000),
      oidc.Validate(),
  });
}

absl::Status TransactionOptions::ValidateThreads() const {
  return FirstError({
      RequireRange("--store-threads", store_threads, 1, 256),
      RequireRange("--history-threads", history_threads, 1, 64),
      RequireRange("--password-threads", passwords.threads, 1, 64),
      RequireRange("--turn-threads", turn_threads, 1, 64),
      RequireRange("--digest-threads", digest_threads, 1, 64),
  });
}

absl::Status TransactionOptions::ValidateLedger() const {
  return FirstError({
      RequireAtLeast("--tail-poll-ms", absl::ToInt64Milliseconds(tail.poll_interval), 1),
      Require(max_tail_lag > tail.poll_interval, "--max-tail-lag-ms",
              "must be above --tail-poll-ms"),
      RequireAtLeast("--statement-timeout-ms",
                     absl::ToInt64Milliseconds(postgres.statement_timeout), 100),
      RequireAtLeast("--fence-timeout-ms", absl::ToInt64Milliseconds(postgres.fence_timeout), 100),
      RequireRange("--max-clock-skew-seconds", absl::ToInt64Seconds(max_clock_skew), 1,
                   kDaySeconds),
      // The log forgets a chunk at a time, and must hold more than the newest.
      RequireAtLeast("--ring-transactions", log.capacity_transactions, 2 * log.chunk_transactions),
      RequireAtLeast("--ring-megabytes", log.capacity_bytes >> 20, 1),
      RequireRange("--max-batch-transactions", poster.max_batch_transactions, 1, 10'000),
      Require(poster.queue.max_transactions >= poster.max_batch_transactions,
              "--max-queued-transactions", "must be at least --max-batch-transactions"),
      RequireAtLeast("--max-watches-per-caller", watches.max_watches_per_caller, 0),
  });
}

absl::Status TransactionOptions::Validate() const {
  return FirstError({ValidateListening(), ValidateDatabase(), ValidateTokens(), ValidateLedger(),
                     ValidateThreads(), tracing.Validate()});
}

}  // namespace ledgercast
