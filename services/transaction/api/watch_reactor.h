#ifndef SERVICES_TRANSACTION_API_WATCH_REACTOR_H_
#define SERVICES_TRANSACTION_API_WATCH_REACTOR_H_

#include <atomic>
#include <memory>
#include <string>

#include "services/transaction/api/watch.h"

namespace ledgercast {

// One WatchTransactions call: a position, a filter, and at most one write in flight. It
// reads the log, or the store where its position is older, sends what it found, and
// sleeps until the log wakes it. A client that reads slowly holds up nothing but its own
// position.
//
// Threads: gRPC's callbacks, the log's wake-ups, the worker pool and the ticker all come
// in through Poke() or go on with a turn; whoever sets `busy_` has the turn, and what is
// marked "the turn's" is touched by it alone. Owns itself until OnDone(), shared with
// wake-ups that are still under way.
class Watch final : public Watchers::Reactor, public std::enable_shared_from_this<Watch> {
 public:
  Watch(Watchers* watchers, const Identity& caller, AccountFilter filter, const Position& start,
        absl::Duration progress_interval);

  // Takes ownership of itself and starts to run; it was added to its Watchers.
  void Begin();
  // Tells the watch that there may be something to do: a new transaction, a progress message that
  // is due, the token's end or revocation, draining.
  void Poke() ABSL_LOCKS_EXCLUDED(mu_);

  // Returns whether there is something to do at a tick.
  bool IsDue(absl::Time now, absl::Time steady, const RevokedTokens& revoked) const
      ABSL_LOCKS_EXCLUDED(mu_);

  WatchState state() const { return state_; }
  const Identity& caller() const { return caller_; }

  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnCancel() override ABSL_LOCKS_EXCLUDED(mu_);
  void OnDone() override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // Goes on with the turn: ends the call, sends what there is, reads the store, or sleeps.
  void Advance();
  // Ends the call if it is over, and returns whether it was.
  bool EndIfOver() ABSL_LOCKS_EXCLUDED(mu_);
  void ReadStore();
  void SendFromStore(const absl::StatusOr<StorePage>& page);
  // Sends a response; OnWriteDone() then goes on with the turn.
  void Send(v1::WatchTransactionsResponse response, const Position& until, bool at_head)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Ends the turn; the next transaction after `after` that `filter` matches, or a Poke(),
  // starts another.
  void Sleep(int64_t after, const AccountFilter& filter) ABSL_LOCKS_EXCLUDED(mu_);
  void End(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  // Runs `turn` on the pool for turns.
  void Later(void (Watch::*turn)());
  bool ProgressIsDue() const ABSL_LOCKS_EXCLUDED(mu_);
  std::string CursorOf(const Position& position) const;

  Watchers* const watchers_;
  const Identity caller_;
  const Viewer viewer_;
  const AccountFilter filter_;
  const absl::Duration progress_interval_;

  // The turn's.
  Position told_;     // what the client knows
  Position scanned_;  // there is nothing for it between told_ and here
  bool live_ = false;
  v1::WatchTransactionsResponse response_;

  // For metrics; written by the turn.
  std::atomic<WatchState> state_ = WatchState::kRing;

  mutable absl::Mutex mu_;
  bool busy_ ABSL_GUARDED_BY(mu_) = false;
  bool poked_ ABSL_GUARDED_BY(mu_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mu_) = false;
  bool finished_ ABSL_GUARDED_BY(mu_) = false;
  // When progress is due, by the steady clock.
  absl::Time progress_due_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
  TransactionLog::WaitId wait_ ABSL_GUARDED_BY(mu_) = 0;
  std::shared_ptr<Watch> self_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_WATCH_REACTOR_H_
