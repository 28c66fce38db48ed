#ifndef SERVICES_COMMON_LEDGER_TRANSACTION_LOG_H_
#define SERVICES_COMMON_LEDGER_TRANSACTION_LOG_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/common/ledger/cursor.h"
#include "services/common/ledger/log_view.h"
#include "services/common/ledger/log_waiters.h"
#include "services/common/ledger/visibility.h"

namespace ledgercast {

// The newest stretch of the ledger in memory, and the one mechanism by which every
// hop serves its readers: a reader is a Position and an AccountFilter, never a queue
// of copies. Following live, catching up, coming back after a break and paging are
// all Read() in a loop. A reader that falls behind the ring is told kTooOld and goes
// on from the store by the same Position; so memory is bounded by Options whatever
// readers do, and a slow reader costs nobody anything.
//
// Threads: every method may be called from any thread. Appenders take turns; what is
// appended never changes, so a reader takes the mutex only to pick up the list of
// chunks and then reads without it: readers and writer do not wait for each other.
// Wake-ups run on the appender's thread and must be short.
class TransactionLog {
 public:
  struct Options {
    int64_t capacity_transactions = 1'000'000;
    int64_t capacity_bytes = int64_t{512} << 20;
    // Transactions are stored, and forgotten, by this many at a time.
    int64_t chunk_transactions = 256;
  };

  using ReadLimits = LogReadLimits;
  using Outcome = LogOutcome;
  using Page = LogPage;
  using WaitId = LogWaiters::Id;

  enum class AppendResult {
    kAppended,
    // Everything in the batch was there already.
    kNothingNew,
    // The batch starts beyond the head's next; nothing was taken.
    kGap,
    // The batch is of another history than what is there; nothing was taken.
    kConflict,
  };

  // `start` is the position whose next transaction will be appended first.
  TransactionLog(const Position& start, const Options& options);
  ~TransactionLog();
  TransactionLog(const TransactionLog&) = delete;
  TransactionLog& operator=(const TransactionLog&) = delete;

  // Appends what is new in `batch`, which must be contiguous and ascending, and wakes the readers
  // that it concerns. Transactions that the log has already are compared by hash.
  AppendResult Append(std::vector<v1::Transaction> batch) ABSL_LOCKS_EXCLUDED(append_mu_, mu_);
  // Does the same as Append(), for a batch that was not read from the log's head on but follows
  // `before`. kConflict if the log has another history there, one that was rewound unnoticed.
  AppendResult AppendAfter(const Position& before, std::vector<v1::Transaction> batch)
      ABSL_LOCKS_EXCLUDED(append_mu_, mu_);

  // Forgets everything and goes on from `start`: the history was rewound. Wakes every
  // reader; those whose position was lost are then told kUnknown.
  void Reset(const Position& start) ABSL_LOCKS_EXCLUDED(append_mu_, mu_);

  Position head() const ABSL_LOCKS_EXCLUDED(mu_);
  // The oldest position that can be read from.
  Position base() const ABSL_LOCKS_EXCLUDED(mu_);

  // Bytes of memory that the transactions in the ring take.
  int64_t bytes() const ABSL_LOCKS_EXCLUDED(append_mu_);

  // Reads one page after `after`. For a filter by accounts it follows their chains (from_previous,
  // to_previous), so it costs only their own transactions. If these do not fit the page it scans
  // the ring instead, a bounded stretch at a time (`until` may then move without a match).
  Page Read(const Position& after, const AccountFilter& filter, const ReadLimits& limits) const
      ABSL_LOCKS_EXCLUDED(mu_);

  // Returns the balance of `account` at `position`, if the ring holds enough to tell.
  std::optional<int64_t> BalanceAt(const std::string& account, const Position& position) const
      ABSL_LOCKS_EXCLUDED(mu_);

  // Returns the head if the ring has everything after `position`, and none of that is of `account`.
  std::optional<Position> QuietSince(const std::string& account, const Position& position) const
      ABSL_LOCKS_EXCLUDED(mu_);

  // Returns when the transaction at `position` was posted, if the ring holds it.
  std::optional<absl::Time> CreateTimeAt(const Position& position) const ABSL_LOCKS_EXCLUDED(mu_);

  // Calls `wake` once: when a transaction that `filter` matches is appended after
  // sequence `after`, or at the next Reset(). If the head is beyond `after` already,
  // at once and from here.
  WaitId Wait(int64_t after, const AccountFilter& filter, std::function<void()> wake)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Cancels a wait. Returns true if the wake-up will now never run, false if it ran or is running.
  bool Cancel(WaitId id) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  LogView Look() const ABSL_SHARED_LOCKS_REQUIRED(mu_);
  AppendResult Take(const std::optional<Position>& before, std::vector<v1::Transaction> batch)
      ABSL_LOCKS_EXCLUDED(append_mu_, mu_);
  // Drops from `batch` what the log has. kAppended: something new is left.
  AppendResult DropKnown(std::vector<v1::Transaction>* batch) const ABSL_LOCKS_EXCLUDED(mu_);
  // Moves the batch into chunks that no reader sees yet.
  void Store(std::vector<v1::Transaction> batch, std::vector<const v1::Transaction*>* stored)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(append_mu_);
  // Shows what was stored to readers, and returns whom to wake.
  std::vector<std::function<void()>> Publish(const std::vector<const v1::Transaction*>& stored)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(append_mu_) ABSL_LOCKS_EXCLUDED(mu_);
  void Evict() ABSL_EXCLUSIVE_LOCKS_REQUIRED(append_mu_, mu_);

  const Options options_;

  // Taken before mu_; held by one appender for its whole batch.
  mutable absl::Mutex append_mu_ ABSL_ACQUIRED_BEFORE(mu_);
  // The chunks of the ring, the last of them open: ahead of `chunks_` by what is
  // stored but not published yet.
  std::vector<std::shared_ptr<LogChunk>> filling_ ABSL_GUARDED_BY(append_mu_);
  int64_t stored_bytes_ ABSL_GUARDED_BY(append_mu_) = 0;

  mutable absl::Mutex mu_;
  std::shared_ptr<const LogChunks> chunks_ ABSL_GUARDED_BY(mu_);
  Position base_ ABSL_GUARDED_BY(mu_);
  Position head_ ABSL_GUARDED_BY(mu_);
  // The newest transaction of each account that has one in the ring.
  absl::flat_hash_map<std::string, int64_t> newest_ ABSL_GUARDED_BY(mu_);
  LogWaiters waiters_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_LEDGER_TRANSACTION_LOG_H_
