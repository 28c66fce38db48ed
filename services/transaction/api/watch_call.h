#ifndef SERVICES_TRANSACTION_API_WATCH_CALL_H_
#define SERVICES_TRANSACTION_API_WATCH_CALL_H_

#include <atomic>
#include <memory>
#include <string>

#include "services/transaction/api/watches.h"

namespace ledgercast {

// Serves one WatchTransactions call: a position, a filter and at most one write under way. It reads
// the log, or the store if its position is older than the log. It sends what it found and sleeps
// until the log wakes it. A client that reads slowly delays only itself.
//
// Threads: gRPC's callbacks, the log's wake-ups, the worker pool and the ticker all call Poke() or
// continue a turn. The thread that sets `busy_` has the turn, and only it uses the members that
// belong to the turn. The object owns itself until OnDone(), together with wake-ups that are still
// under way.
class WatchCall final : public Watches::Reactor, public std::enable_shared_from_this<WatchCall> {
 public:
  WatchCall(Watches* watches, const Identity& caller, AccountFilter filter, const Position& start,
            absl::Duration progress_interval);

  // Takes ownership of itself and starts to run. It must have been added to its Watches.
  void Begin();
  // Tells the watch that there may be something to do: a new transaction, a progress message that
  // is due, the end or revocation of its token, or draining.
  void Poke() ABSL_LOCKS_EXCLUDED(mu_);

  // Returns whether the ticker must wake this watch.
  bool IsDue(absl::Time now, absl::Time steady, const RevokedTokens& revoked) const
      ABSL_LOCKS_EXCLUDED(mu_);

  WatchState state() const { return state_; }
  const Identity& caller() const { return caller_; }

  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnCancel() override ABSL_LOCKS_EXCLUDED(mu_);
  void OnDone() override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // Continues the turn: ends the call, sends what there is, reads the store, or sleeps.
  void Advance();
  // Ends the call if it is over. Returns whether it is.
  bool EndIfOver() ABSL_LOCKS_EXCLUDED(mu_);
  void ReadStore();
  void SendFromStore(const absl::StatusOr<StorePage>& page);
  // Sends a response. OnWriteDone() then continues the turn.
  void Send(v1::WatchTransactionsResponse response, const Position& until, bool at_head)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Ends the turn. The next transaction after `after` that `filter` matches, or a Poke(), starts
  // another turn.
  void Sleep(int64_t after, const AccountFilter& filter) ABSL_LOCKS_EXCLUDED(mu_);
  void End(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  // Runs `turn` on the pool for turns.
  void Later(void (WatchCall::*turn)());
  bool ProgressIsDue() const ABSL_LOCKS_EXCLUDED(mu_);
  std::string CursorOf(const Position& position) const;

  Watches* const watches_;
  const Identity caller_;
  const Viewer viewer_;
  const AccountFilter filter_;
  const absl::Duration progress_interval_;

  // The next four members belong to the turn.
  Position told_;     // the client has everything up to here
  Position scanned_;  // there is nothing for it between told_ and here
  bool live_ = false;
  v1::WatchTransactionsResponse response_;

  // The state for metrics. It is written by the turn.
  std::atomic<WatchState> state_ = WatchState::kRing;

  mutable absl::Mutex mu_;
  bool busy_ ABSL_GUARDED_BY(mu_) = false;
  bool poked_ ABSL_GUARDED_BY(mu_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mu_) = false;
  bool finished_ ABSL_GUARDED_BY(mu_) = false;
  // Time at which progress is due, by the steady clock.
  absl::Time progress_due_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
  TransactionLog::WaitId wait_ ABSL_GUARDED_BY(mu_) = 0;
  std::shared_ptr<WatchCall> self_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_WATCH_CALL_H_
