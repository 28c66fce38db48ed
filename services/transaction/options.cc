#include "services/transaction/options.h"

#include <string>
#include <string_view>

#include "services/common/base/errors.h"
#include "services/transaction/postgres/connect_settings.h"

namespace ledgercast {
namespace {

absl::Status Require(bool holds, std::string_view flag, std::string_view rule) {
  return holds ? absl::OkStatus() : InvalidField(flag, rule);
}

absl::Status CheckLeast(std::string_view flag, int64_t value, int64_t least) {
  return Require(value >= least, flag, "must be at least " + std::to_string(least));
}

absl::Status CheckRange(std::string_view flag, int64_t value, int64_t least, int64_t most) {
  return Require(value >= least && value <= most, flag,
                 "must be " + std::to_string(least) + " to " + std::to_string(most));
}

// Returns the unit that a flag's name ends with.
absl::Duration UnitOf(std::string_view flag) {
  return flag.ends_with("-ms") ? absl::Milliseconds(1) : absl::Seconds(1);
}

absl::Status CheckLeast(std::string_view flag, absl::Duration value, absl::Duration least) {
  return Require(value >= least, flag, "must be at least " + std::to_string(least / UnitOf(flag)));
}

absl::Status CheckRange(std::string_view flag, absl::Duration value, absl::Duration least,
                        absl::Duration most) {
  const absl::Duration unit = UnitOf(flag);
  return Require(value >= least && value <= most, flag,
                 "must be " + std::to_string(least / unit) + " to " + std::to_string(most / unit));
}

absl::Status CheckUpToADay(std::string_view flag, absl::Duration value) {
  return CheckRange(flag, value, absl::ZeroDuration(), absl::Hours(24));
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
           CheckLeast("--tail-poll-ms", tail.poll_interval, absl::Milliseconds(1)),
           CheckLeast("--statement-timeout-ms", postgres.statement_timeout,
                      absl::Milliseconds(100)),
           CheckLeast("--fence-timeout-ms", postgres.fence_timeout, absl::Milliseconds(100)),
           CheckRange("--max-clock-skew-seconds", max_clock_skew, absl::Seconds(1),
                      absl::Hours(24)),
           CheckLeast("--ring-transactions", log.capacity_transactions, 2 * log.chunk_transactions),
           CheckLeast("--ring-megabytes", log.capacity_bytes >> 20, 1),
           CheckRange("--max-batch-transactions", poster.max_batch_transactions, 1, 10'000),
           Require(poster.queue.max_transactions >= poster.max_batch_transactions,
                   "--max-queued-transactions", "must be at least --max-batch-transactions"),
           CheckLeast("--max-watches-per-caller", watchers.max_watches_per_caller, 0),
           CheckRange("--store-threads", store_threads, 1, 256),
           CheckRange("--history-threads", history_threads, 1, 64),
           CheckRange("--password-threads", passwords.threads, 1, 64),
           CheckRange("--max-password-wait-ms", passwords.max_wait, absl::Milliseconds(100),
                      absl::Minutes(1)),
           CheckRange("--refresh-token-grace-seconds", tokens.grace, absl::ZeroDuration(),
                      absl::Minutes(1)),
           CheckRange("--turn-threads", turn_threads, 1, 64),
           CheckRange("--digest-threads", digest_threads, 1, 64),
           CheckLeast("--keepalive-seconds", connections.keepalive, absl::Seconds(1)),
           CheckLeast("--keepalive-timeout-seconds", connections.keepalive_timeout,
                      absl::Seconds(1)),
           CheckUpToADay("--max-connection-age-seconds", connections.max_age),
           CheckUpToADay("--max-connection-age-grace-seconds", connections.max_age_grace),
           Require(max_tail_lag > tail.poll_interval, "--max-tail-lag-ms",
                   "must be above --tail-poll-ms"),
           CheckUpToADay("--drain-delay-ms", drain_delay),
           CheckUpToADay("--drain-timeout-ms", drain_timeout),
       }) {
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace ledgercast
