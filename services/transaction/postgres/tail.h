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

// Follows what all replicas commit and appends it to the log. It does not rely on NOTIFY, which
// only makes the next poll come sooner. Transactions that this process posted are skipped, because
// the poster has put them into the log already.
//
// It also notices if the history was rewound: the head is behind the log, or another transaction
// has the log's newest sequence. Then it resets the log to the new history.
//
// What it reads is shown to watchers. So each of its connections first waits until the synchronous
// standby has what it will read (PgOptions::wait_for_standby), and no watcher sees history go back.
// If the database holds another ledger than before, that is an error, and nothing of it is read.
//
// Threads: it has one thread, with connections of its own.
class Tail {
 public:
  struct Options {
    absl::Duration poll_interval = absl::Milliseconds(50);
    int64_t page_transactions = 1'000;
    // The ledger that the database must hold; "" means any ledger.
    std::string ledger = {};
    // Largest difference allowed between the database's clock and ours or the ledger's times: see
    // CheckClock().
    absl::Duration max_clock_skew = absl::Seconds(5);
  };

  struct State {
    // The last time at which the log held everything that was committed, by SteadyNow().
    absl::Time current_as_of = absl::InfinitePast();
    // How many transactions the log lacked when the ledger was read last.
    int64_t behind_transactions = 0;
    // The error for which the ledger cannot be followed; OK if it can.
    absl::Status status;
    // How far our clock is ahead of the database's, and whether the clocks can be trusted.
    absl::Duration clock_skew;
    absl::Status clocks;
  };

  // Starts to follow the ledger. `log` must outlive this object.
  Tail(PgOptions postgres, Options options, TransactionLog* log);
  // Stops after at most a tenth of a second, or after the current statement, and joins.
  ~Tail();

  State state() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Loop();
  // Follows the ledger on one connection. Returns the error that broke it, or OK if it must stop.
  absl::Status Follow();
  absl::Status CatchUp();
  // Reads the head and checks that it belongs to our ledger.
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
