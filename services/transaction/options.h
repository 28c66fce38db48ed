#ifndef SERVICES_TRANSACTION_OPTIONS_H_
#define SERVICES_TRANSACTION_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/common/auth/oidc_keys.h"
#include "services/common/base/tls_files.h"
#include "services/common/ledger/transaction_log.h"
#include "services/trace/tracing.h"
#include "services/transaction/api/calls.h"
#include "services/transaction/api/guess_limiter.h"
#include "services/transaction/api/password_queue.h"
#include "services/transaction/api/token_families.h"
#include "services/transaction/api/watches.h"
#include "services/transaction/grpc_server_setup.h"
#include "services/transaction/postgres/pg_store.h"
#include "services/transaction/postgres/tail.h"
#include "services/transaction/posting/poster.h"

namespace ledgercast {

// Holds all settings of the transaction service with their defaults. Only main() reads them, from
// flags and environment variables.
struct TransactionOptions {
  std::string listen = "0.0.0.0:50051";
  std::string admin_listen = "127.0.0.1:9101";
  // Where systemd is told that the program is ready; empty: nowhere.
  std::string notify_socket;
  // The address for Kubernetes' gRPC probes, in plaintext. If it is empty there is no such port.
  std::string health_listen;
  // TLS files of the gRPC port. Without them it uses plaintext. With a CA, clients must show a
  // certificate.
  TlsFiles tls;
  TracingOptions tracing;

  postgres::PgOptions postgres;
  postgres::Tail::Options tail;
  // Largest difference allowed between the database's clock and ours, or between the database's
  // clock and the ledger's newest transaction.
  absl::Duration max_clock_skew = absl::Seconds(5);
  // If true, the service migrates the database at start. Otherwise it waits until that was done.
  bool migrate = true;
  // Number of the ledger's newest transactions that are read into the log at start.
  int64_t warm_log_transactions = 10'000;
  TransactionLog::Options log;
  Poster::Options poster;
  Watches::Options watches;

  std::string issuer = "ledgercast";
  std::string audience = "ledgercast";
  // The OpenID provider whose tokens are accepted as well.
  OidcOptions oidc;
  std::string signing_key_file;
  // Files with the edges' public keys (PEM). Without any, no relay may connect.
  std::vector<std::string> relay_key_files;
  TokenFamilies::Options tokens;
  GuessLimiter::Options guesses;
  // Threads that hash passwords, and how long a sign-in may wait for one of them.
  PasswordQueue::Options passwords;

  int store_threads = 8;
  // This is small, so that many watches that catch up at once leave the database to posting.
  int history_threads = 2;
  int turn_threads = 2;
  int digest_threads = 2;
  ConnectionOptions connections;
  Calls::Options calls;
  // The service is not ready if it was longer ago than this that the log had every commit.
  absl::Duration max_tail_lag = absl::Seconds(10);
  // When the service stops, it first serves everything for `drain_delay`, but is not ready. Then
  // calls that are under way have `drain_timeout` to end.
  absl::Duration drain_delay = absl::Milliseconds(250);
  absl::Duration drain_timeout = absl::Seconds(5);
  std::string log_level = "info";

  // Returns PostgreSQL's connection string without its passwords, to be shown to people.
  static std::string MaskDatabase(const std::string& conninfo);

  // Returns OK, or INVALID_ARGUMENT with the flag and its allowed values.
  absl::Status Validate() const;
  // Does the same for the flags that the mode `migrate` needs.
  absl::Status ValidateDatabase() const;

 private:
  absl::Status ValidateListening() const;
  absl::Status ValidateTokens() const;
  absl::Status ValidateLedger() const;
  absl::Status ValidateThreads() const;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_OPTIONS_H_
