#ifndef SERVICES_TRANSACTION_POSTING_POSTER_H_
#define SERVICES_TRANSACTION_POSTING_POSTER_H_

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/common/base/clock.h"
#include "services/common/base/stop_flag.h"
#include "services/transaction/posting/account_memory.h"
#include "services/transaction/posting/decide.h"
#include "services/transaction/posting/posting_queue.h"
#include "services/transaction/store.h"

namespace ledgercast {

// Appends to the ledger by group commit: everything that was queued while the last batch committed
// is the next batch (see PostingQueue for the order). So a busy ledger needs only one commit a
// batch, and an idle one posts at once. Each batch takes the fence, is decided and is written (see
// PostingSession and Decide()). Any number of posters in any number of processes may share one
// ledger.
//
// A commit is in doubt if the connection broke during it. Then the batch is posted again under its
// ids: what was committed is found and replayed, and what was not is posted. Callers get their
// answers only when that is known, or UNAVAILABLE after `settle_timeout`. They can always ask again
// under the same id.
//
// If the database refuses a value in a batch (RefusedData()), the batch is halved until the item
// with that value stands alone. So no other item fails with it. Each half costs a connection, so a
// batch is not halved for any other error.
//
// The database's clock stamps transactions. Nothing is posted if that clock differs from this
// process's clock by more than `max_clock_skew`, or is behind the ledger's newest transaction by
// more than that. Callers then get UNAVAILABLE / CLOCK_SKEW.
//
// Threads: Submit() and counters() may be called from any thread. One thread of its own does the
// rest; it calls `done`, `on_batch` and `on_committed`, which must be short.
class Poster {
 public:
  // How long one batch took. A batch of only refusals and replays has no transactions.
  struct BatchTiming {
    int64_t transactions = 0;
    // Time to wait for the ledger's lock, and to read new accounts and which ids are known.
    absl::Duration fence;
    // Time to catch up, and to read the transactions with known ids and those to be reversed.
    absl::Duration look_up;
    absl::Duration decide;
    // Time to write the rows and to commit.
    absl::Duration write;
  };

  struct Options {
    // Maximum number of transactions in a batch. An item with more is a batch by itself.
    int64_t max_batch_transactions = 2'000;
    // Limits of the queue. Items above them are refused with TOO_BUSY.
    PostingQueue::Limits queue;
    absl::Duration settle_timeout = absl::Seconds(10);
    // Largest difference allowed between the database's clock and ours, or between the database's
    // clock and the ledger's newest transaction.
    absl::Duration max_clock_skew = absl::Seconds(5);
    // The ledger that the database must hold; "" means any ledger.
    std::string ledger = {};
    // Is called for each batch, on the poster's thread, so it must be short. May be null.
    std::function<void(const BatchTiming&)> on_batch;
  };

  struct Counters {
    int64_t batches = 0;
    int64_t posted = 0;
    int64_t queued = 0;
    // How long a batch has been waiting for the ledger's lock, or has been trying to reach it.
    absl::Duration blocked;
  };

  // Receives each committed batch, in order, and the position before it.
  using OnCommitted =
      std::function<void(const Position& before, std::vector<v1::Transaction> batch)>;
  Poster(PostingSessionFactory connect, OnCommitted on_committed, Clocks clocks, Options options);
  // Finishes the batch under way, refuses the queued items with SHUTTING_DOWN and joins.
  ~Poster();

  // Queues items to be posted. Calls each item's `done` with the answer; at once if the queue is
  // full.
  void Submit(std::vector<PostingItem> items) ABSL_LOCKS_EXCLUDED(mu_);

  Counters counters() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using Batch = std::vector<PostingItem>;

  void Loop();
  // Waits for the next batch. Batches to try again come before the queue. Returns false to stop.
  bool TakeBatch(Batch* batch) ABSL_LOCKS_EXCLUDED(mu_);
  void Post(Batch batch);
  // Takes the fence, decides and writes. On success `decisions` holds the answers.
  absl::Status TryPost(const Batch& batch, Decisions* decisions, BatchTiming* timing);
  // Takes the fence. Fails unless the database holds our ledger and the clocks can be trusted.
  absl::StatusOr<Fenced> Fence(const FenceQuery& query) ABSL_LOCKS_EXCLUDED(mu_);
  // Handles a failed attempt. Keeps the batch to be tried again: whole if its outcome can still be
  // found out, in halves if the database refuses a value in it. Otherwise answers `status`.
  void TryAgainOrFail(Batch batch, const Decisions& decisions, const absl::Status& status);
  // Keeps `batch` to be tried again if its outcome is in doubt or another attempt may help. Returns
  // whether it was kept.
  bool KeepInDoubt(Batch* batch, const Decisions& decisions, const absl::Status& status);
  static void Fail(const Batch& batch, const absl::Status& status);

  const PostingSessionFactory connect_;
  const OnCommitted on_committed_;
  const Clocks clocks_;
  const Options options_;
  StopFlag stop_;

  // Used by the poster's thread only.
  std::unique_ptr<PostingSession> session_;
  AccountMemory memory_;
  // True if the last attempt was given up because of its ledger or its clocks.
  bool distrusted_ = false;
  // Batches to try again. They come before anything that is queued.
  std::deque<Batch> again_;
  absl::Time settle_until_ = absl::InfiniteFuture();

  mutable absl::Mutex mu_;
  PostingQueue queue_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  Counters counters_ ABSL_GUARDED_BY(mu_);
  absl::Time blocked_since_ ABSL_GUARDED_BY(mu_) = absl::InfiniteFuture();

  std::thread thread_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_POSTING_POSTER_H_
