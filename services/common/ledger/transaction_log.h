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

// Holds the newest part of the ledger in memory (the ring). Every hop serves all of its readers
// from it. A reader is a Position and an AccountFilter, never a queue of copies. To follow live, to
// catch up, to come back after a break and to page are all the same: Read() in a loop.
//
// A reader that falls behind the ring gets kTooOld and continues from the store with the same
// Position. So Options bounds the memory whatever readers do, and a slow reader costs the others
// nothing.
//
// Threads: every method may be called from any thread. Appenders take turns. Stored transactions
// never change, so a reader takes the mutex only to get the list of chunks and reads without it.
// Thus readers and the writer do not wait for each other. Wake-ups run on the appender's thread and
// must be short.
class TransactionLog {
 public:
  struct Options {
    int64_t capacity_transactions = 1'000'000;
    int64_t capacity_bytes = int64_t{512} << 20;
    // Number of transactions that are stored together in one chunk and evicted together.
    int64_t chunk_transactions = 256;
  };

  using ReadLimits = LogReadLimits;
  using Outcome = LogOutcome;
  using Page = LogPage;
  using WaitId = LogWaiters::Id;

  enum class AppendResult {
    kAppended,
    // The log had everything in the batch already.
    kNothingNew,
    // The batch does not follow the head without a gap; nothing was appended.
    kGap,
    // The batch belongs to another history than the log; nothing was appended.
    kConflict,
  };

  // Creates an empty log. `start` is the position directly before the first transaction to append.
  TransactionLog(const Position& start, const Options& options);
  ~TransactionLog();
  TransactionLog(const TransactionLog&) = delete;
  TransactionLog& operator=(const TransactionLog&) = delete;

  // Appends the new part of `batch`, which must be contiguous and ascending, and wakes the readers
  // that it concerns. Transactions that the log has already are compared by their hash.
  AppendResult Append(std::vector<v1::Transaction> batch) ABSL_LOCKS_EXCLUDED(append_mu_, mu_);
  // Does the same as Append() for a batch that follows `before` but was not read from this log's
  // head on. Returns kConflict if the log has another history at `before`, because the ledger was
  // rewound unnoticed.
  AppendResult AppendAfter(const Position& before, std::vector<v1::Transaction> batch)
      ABSL_LOCKS_EXCLUDED(append_mu_, mu_);

  // Forgets everything and continues from `start`, because the history was rewound. Wakes every
  // reader; the next read of a reader whose position was lost then says so (kUnknown).
  void Reset(const Position& start) ABSL_LOCKS_EXCLUDED(append_mu_, mu_);

  Position head() const ABSL_LOCKS_EXCLUDED(mu_);
  // Returns the oldest position that can be read from.
  Position base() const ABSL_LOCKS_EXCLUDED(mu_);

  // Returns the number of bytes of memory that the transactions in the ring take.
  int64_t bytes() const ABSL_LOCKS_EXCLUDED(append_mu_);

  // Reads one page of the transactions after `after`. For a filter by accounts it follows their
  // chains (from_previous, to_previous), so it costs only their own transactions. If these do not
  // fit into the page, it scans a bounded part of the ring instead. Then `until` may move without a
  // match.
  Page Read(const Position& after, const AccountFilter& filter, const ReadLimits& limits) const
      ABSL_LOCKS_EXCLUDED(mu_);

  // Returns the balance of `account` at `position`, if the ring holds enough to tell.
  std::optional<int64_t> BalanceAt(const std::string& account, const Position& position) const
      ABSL_LOCKS_EXCLUDED(mu_);

  // Returns the head if the ring has everything after `position` and none of that concerns
  // `account`. Otherwise returns nullopt.
  std::optional<Position> QuietSince(const std::string& account, const Position& position) const
      ABSL_LOCKS_EXCLUDED(mu_);

  // Returns when the transaction at `position` was posted, if the ring holds it.
  std::optional<absl::Time> CreateTimeAt(const Position& position) const ABSL_LOCKS_EXCLUDED(mu_);

  // Calls `wake` once, as soon as a transaction that `filter` matches is appended after sequence
  // `after`, or at the next Reset(). If the head is already beyond `after`, calls it at once,
  // inside this call.
  WaitId Wait(int64_t after, const AccountFilter& filter, std::function<void()> wake)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Cancels a wait. Returns true if the wake-up will never run, false if it has run or is running.
  bool Cancel(WaitId id) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  LogView Look() const ABSL_SHARED_LOCKS_REQUIRED(mu_);
  AppendResult AppendBatch(const std::optional<Position>& before,
                           std::vector<v1::Transaction> batch) ABSL_LOCKS_EXCLUDED(append_mu_, mu_);
  // Drops the transactions that the log has already from `batch`. Returns kAppended if new ones are
  // left.
  AppendResult DropKnown(std::vector<v1::Transaction>* batch) const ABSL_LOCKS_EXCLUDED(mu_);
  // Moves the batch into chunks that no reader sees yet.
  void Store(std::vector<v1::Transaction> batch, std::vector<const v1::Transaction*>* stored)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(append_mu_);
  // Makes the stored transactions visible to readers, and returns the wake-ups to call.
  std::vector<std::function<void()>> Publish(const std::vector<const v1::Transaction*>& stored)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(append_mu_) ABSL_LOCKS_EXCLUDED(mu_);
  void Evict() ABSL_EXCLUSIVE_LOCKS_REQUIRED(append_mu_, mu_);

  const Options options_;

  // Is taken before mu_. An appender holds it for its whole batch.
  mutable absl::Mutex append_mu_ ABSL_ACQUIRED_BEFORE(mu_);
  // The chunks of the ring. The last one is still being filled. These are ahead of `chunks_` by the
  // transactions that are stored but not published yet.
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
