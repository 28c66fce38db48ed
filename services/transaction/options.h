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
#include "services/transaction/api/watch.h"
#include "services/transaction/connections.h"
#include "services/transaction/postgres/pg_store.h"
#include "services/transaction/postgres/tail.h"
#include "services/transaction/posting/poster.h"

namespace ledgercast {

// Everything that can be set of the transaction service, with its defaults. Read from
// flags and environment in main and nowhere else.
struct TransactionOptions {
  std::string listen = "0.0.0.0:50051";
  std::string admin_listen = "127.0.0.1:9101";
  // The port for Kubernetes' gRPC probes, in plaintext. Empty = none.
  std::string health_listen;
  // TLS files of the gRPC port. Without them it is plaintext; with a CA clients must show a
  // certificate.
  TlsFiles tls;
  TracingOptions tracing;

  postgres::PgOptions postgres;
  postgres::Tail::Options tail;
  // Largest difference allowed between the database's clock and ours, or between the database's
  // clock and the ledger's newest transaction.
  absl::Duration max_clock_skew = absl::Seconds(5);
  // Migrate the database at start; else wait until somebody has.
  bool migrate = true;
  // At start the log holds this much of the ledger's end already.
  int64_t warm_log_transactions = 10'000;
  TransactionLog::Options log;
  Poster::Options poster;
  Watchers::Options watchers;

  std::string issuer = "ledgercast";
  std::string audience = "ledgercast";
  // The OpenID provider whose tokens are good as well.
  OidcOptions oidc;
  std::string signing_key_file;
  // Public keys of the edges, PEM; none: no relay may connect.
  std::vector<std::string> relay_key_files;
  TokenFamilies::Options tokens;
  GuessLimiter::Options guesses;
  // Threads that hash passwords, and how long a sign-in may wait for one of them.
  PasswordQueue::Options passwords;

  int store_threads = 8;
  // Few, so that many watches that catch up at once leave the database to posting.
  int history_threads = 2;
  int turn_threads = 2;
  int digest_threads = 2;
  ConnectionOptions connections;
  Calls::Options calls;
  // The service is not ready if the log was not known to be at the ledger's head for so long.
  absl::Duration max_tail_lag = absl::Seconds(10);
  // A service that stops is not ready for `drain_delay`, but serves everything. Then calls under
  // way have `drain_timeout` to end.
  absl::Duration drain_delay = absl::Milliseconds(250);
  absl::Duration drain_timeout = absl::Seconds(5);
  std::string log_level = "info";

  // Returns a connection string of PostgreSQL to show to people, without its passwords.
  static std::string MaskDatabase(const std::string& conninfo);

  // Returns INVALID_ARGUMENT, naming the flag and what it may be, or OK.
  absl::Status Validate() const;
  // Does the same for what `migrate` needs.
  absl::Status ValidateDatabase() const;

 private:
  absl::Status ValidateListening() const;
  absl::Status ValidateTokens() const;
  absl::Status ValidateLedger() const;
  absl::Status ValidateThreads() const;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_OPTIONS_H_
