#ifndef SERVICES_TRANSACTION_POSTGRES_TAIL_H_
#define SERVICES_TRANSACTION_POSTGRES_TAIL_H_

#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/common/base/stop_flag.h"
#include "services/common/ledger/transaction_log.h"
#include "services/transaction/postgres/pg_store.h"

namespace ledgercast::postgres {

// Follows what every replica commits and appends it to the log. Polling is the truth; NOTIFY only
// makes the next poll come sooner. What this process posted itself is skipped, since the poster has
// put it into the log already.
//
// It also notices a history that was rewound (the head is behind the log, or another
// transaction has the log's newest sequence) and resets the log to the new one.
//
// What it reads goes to watchers, so each of its connections first waits until the synchronous
// standby has what it will read (PgOptions::wait_for_standby): a watcher never goes back. A
// database that holds another ledger than it did is an error, and nothing of it is read.
//
// Threads: one of its own, with connections of its own.
class Tail {
 public:
  struct Options {
    absl::Duration poll_interval = absl::Milliseconds(50);
    int64_t page_transactions = 1'000;
    // The ledger that the database must hold; "" = any ledger.
    std::string ledger = {};
    // Largest difference allowed between the database's clock and ours, or the ledger's times: see
    // CheckClock().
    absl::Duration max_clock_skew = absl::Seconds(5);
  };

  struct State {
    // The time up to which the log holds all that was committed, by SteadyNow().
    absl::Time current_as_of = absl::InfinitePast();
    // How many transactions the log lacked when the ledger was looked at last.
    int64_t behind_transactions = 0;
    // Why the ledger cannot be followed, if it cannot.
    absl::Status status;
    // How far our clock is ahead of the database's, and whether the clocks can be believed.
    absl::Duration clock_skew;
    absl::Status clocks;
  };

  // `log` must outlive this.
  Tail(PgOptions postgres, Options options, TransactionLog* log);
  // Stops within a tenth of a second, or the statement under way, and joins.
  ~Tail();

  State state() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Loop();
  // Follows the ledger on one connection. Returns the error that broke it, or OK to stop.
  absl::Status Follow();
  absl::Status CatchUp();
  // Reads the head, and checks that it is our ledger's.
  absl::StatusOr<Head> ReadHead() ABSL_LOCKS_EXCLUDED(mu_);
  void NoteClocks(const Head& head, absl::Time asked) ABSL_LOCKS_EXCLUDED(mu_);
  // Notes that the head was at `head_sequence` at `time`, by SteadyNow().
  void NoteHead(int64_t head_sequence, absl::Time time) ABSL_LOCKS_EXCLUDED(mu_);
  void NoteStatus(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);

  const PgOptions postgres_;
  const Options options_;
  TransactionLog* const log_;
  PgStore store_;
  // Used by the tail's thread only, so that each outage is logged once.
  bool said_lost_ = false;
  StopFlag stop_;
  mutable absl::Mutex mu_;
  State state_ ABSL_GUARDED_BY(mu_);
  std::thread thread_;
};

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_TAIL_H_
