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

// Appends to the ledger by group commit: whatever queued up while the last batch was
// committing is the next batch (see PostingQueue for whose turn it is), so that a busy ledger pays
// for one commit a batch and an idle one posts at once. Each batch is fence, decide, write (see
// PostingSession and Decide()); any number of posters in any number of processes may share one
// ledger.
//
// A commit whose outcome is in doubt (the connection broke during it) is settled by
// posting the batch again under its ids: what was committed is found and replayed, what
// was not is posted. Callers are answered only once that is known, or with UNAVAILABLE
// after `settle_timeout`; they can always ask again under the same id.
//
// A batch with a value that the database refuses (RefusedData()) is halved until the item that has
// it stands alone, so that no other item fails with it. Halves cost a connection each, so no other
// error is halved.
//
// Transactions are stamped by the database's clock. Where that is further than
// `max_clock_skew` from this process's, or behind the ledger's newest transaction, nothing is
// posted: UNAVAILABLE / CLOCK_SKEW.
//
// Threads: Submit() from any; one thread of its own does the rest, and runs callbacks
// and `on_committed`, which must be short.
class Poster {
 public:
  // How long one committed batch took; a batch of refusals and replays has no transactions.
  struct BatchTiming {
    int64_t transactions = 0;
    // Waiting for the head's lock, and reading new accounts and ids that may be known.
    absl::Duration fence;
    // Catching up, and reading what is known under these ids and what is to be reversed.
    absl::Duration look_up;
    absl::Duration decide;
    // Writing the rows, and the commit.
    absl::Duration write;
  };

  struct Options {
    // Most transactions of a batch; an item of more is a batch by itself.
    int64_t max_batch_transactions = 2'000;
    // Items that would pass these limits are refused with TOO_BUSY.
    PostingQueue::Limits queue;
    absl::Duration settle_timeout = absl::Seconds(10);
    // Largest difference allowed between the database's clock and ours, or between the database's
    // clock and the ledger's newest transaction.
    absl::Duration max_clock_skew = absl::Seconds(5);
    // The ledger that the database must hold; "" = any ledger.
    std::string ledger = {};
    // Is told of each batch, on the poster's thread, so it must be short. May be empty.
    std::function<void(const BatchTiming&)> on_batch;
  };

  struct Counters {
    int64_t batches = 0;
    int64_t posted = 0;
    int64_t queued = 0;
    // How long a batch has been waiting for the ledger's lock, or trying to get it.
    absl::Duration blocked;
  };

  // `on_committed` is handed each committed batch, in order, and the position before it.
  using OnCommitted =
      std::function<void(const Position& before, std::vector<v1::Transaction> batch)>;
  Poster(PostingSessionFactory connect, OnCommitted on_committed, Clocks clocks, Options options);
  // Refuses what is queued with SHUTTING_DOWN, finishes the batch in hand and joins.
  ~Poster();

  // Queues items to be posted. Answers through each item's `done`, at once if the queue is full.
  void Submit(std::vector<PostingItem> items) ABSL_LOCKS_EXCLUDED(mu_);

  Counters counters() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using Batch = std::vector<PostingItem>;

  void Loop();
  // Waits for the next batch: what is to be settled, else what is queued. Returns false to stop.
  bool TakeBatch(Batch* batch) ABSL_LOCKS_EXCLUDED(mu_);
  void Post(Batch batch);
  // Takes the fence, decides and writes. On success `decisions` holds the answers.
  absl::Status TryPost(const Batch& batch, Decisions* decisions, BatchTiming* timing);
  // Takes the fence; fails unless the ledger behind it is ours and the clocks can be believed.
  absl::StatusOr<Fenced> Fence(const FenceQuery& query) ABSL_LOCKS_EXCLUDED(mu_);
  // After a failed attempt: keeps the batch to be tried again, whole if that can tell what became
  // of it, in halves if the database refuses something in it. Else answers `status`.
  void TryAgainOrFail(Batch batch, const Decisions& decisions, const absl::Status& status);
  // Returns true if `batch` was kept until the database can tell what became of it.
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
  // Whether the last try was given up because of the ledger or the clocks that it found.
  bool distrusted_ = false;
  // Batches to try again, before anything that is queued.
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
