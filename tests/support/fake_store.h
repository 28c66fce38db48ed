#ifndef TESTS_SUPPORT_FAKE_STORE_H_
#define TESTS_SUPPORT_FAKE_STORE_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/common/base/clock.h"
#include "services/transaction/store.h"
#include "tests/support/fake_refresh.h"

namespace ledgercast::testing {

class FakePostingSession;

// A ledger in memory. Any number of stores and posting sessions can share it like a database, and
// it can have a database's faults. Thread-safe.
class FakeLedger {
 public:
  explicit FakeLedger(std::string name = "0123456789abcdef");

  std::unique_ptr<Store> MakeStore();
  PostingSessionFactory Sessions();

  // --- faults, each for the next `times` calls ---

  void RefuseConnections(int times);
  void FailFences(int times);
  // Commit() fails before anything was sent that could commit.
  void FailWrites(int times, absl::StatusCode code = absl::StatusCode::kUnavailable);
  // Commit() returns UNKNOWN, whether it did commit or not.
  void DoubtCommits(int times, bool committed);
  // Everything is refused until the ledger is back. Sessions that were open then cannot be used
  // again.
  void SetAway(bool away);
  // Sets the database's clock, which is absl::Now() by default.
  void SetClock(Clock clock);
  // From now on a Commit() is refused as a whole if `is_bad` holds for one of its entries. A
  // database that refuses a value does the same.
  void RefuseWrites(std::function<bool(const LedgerEntry&)> is_bad);
  // Lets the history end at `sequence`, as a failover that lost commits does.
  void Rewind(int64_t sequence);

  // --- the gate: while it is closed, Commit() waits in front of it ---

  void CloseGate();
  void OpenGate();
  // Waits until a Commit() waits at the gate.
  void AwaitSomeoneAtGate();

  // --- what happened ---

  std::vector<LedgerEntry> entries() const;
  // Returns how many sessions were requested.
  int connections() const;
  int fences() const;
  // Returns how many rows were read to catch up.
  int64_t rows_caught_up() const;
  int accounts_loaded() const;

 private:
  friend class FakeStore;
  friend class FakePostingSession;

  struct AccountRow {
    int64_t id = 0;
    v1::Account account;
    std::string password_hash;
    int64_t token_generation = 0;
    absl::Time tokens_revoked_time = absl::InfinitePast();
  };

  Head ReadHead() const ABSL_SHARED_LOCKS_REQUIRED(mu_);
  // Counts down. Returns true if this call must fail.
  static bool Take(int* times);

  void Append(const std::vector<LedgerEntry>& entries, const Head& head)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::StatusOr<Position> PositionAt(int64_t sequence) const ABSL_SHARED_LOCKS_REQUIRED(mu_);
  absl::Status CheckPosition(const Position& position) const ABSL_SHARED_LOCKS_REQUIRED(mu_);
  // Returns balance and sequence of the newest transaction of `account` up to `until`.
  std::pair<int64_t, int64_t> NewestOf(const std::string& account, int64_t until) const
      ABSL_SHARED_LOCKS_REQUIRED(mu_);
  v1::Account WithBalance(const AccountRow& row, int64_t until) const
      ABSL_SHARED_LOCKS_REQUIRED(mu_);

  FakeRefreshStore families_;
  mutable absl::Mutex mu_;
  Head head_ ABSL_GUARDED_BY(mu_);
  Clock clock_ ABSL_GUARDED_BY(mu_) = &absl::Now;
  std::function<bool(const LedgerEntry&)> is_bad_ ABSL_GUARDED_BY(mu_);
  std::vector<LedgerEntry> entries_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, AccountRow> accounts_ ABSL_GUARDED_BY(mu_);
  // Digits after the point, by currency.
  std::map<std::string, int32_t> currencies_ ABSL_GUARDED_BY(mu_);
  // The session that holds the head's lock.
  const FakePostingSession* fenced_ ABSL_GUARDED_BY(mu_) = nullptr;

  int refuse_connections_ ABSL_GUARDED_BY(mu_) = 0;
  int fail_fences_ ABSL_GUARDED_BY(mu_) = 0;
  int fail_writes_ ABSL_GUARDED_BY(mu_) = 0;
  absl::StatusCode write_failure_ ABSL_GUARDED_BY(mu_) = absl::StatusCode::kUnavailable;
  int doubt_commits_ ABSL_GUARDED_BY(mu_) = 0;
  bool doubt_committed_ ABSL_GUARDED_BY(mu_) = false;
  bool away_ ABSL_GUARDED_BY(mu_) = false;
  bool gate_closed_ ABSL_GUARDED_BY(mu_) = false;
  int at_gate_ ABSL_GUARDED_BY(mu_) = 0;

  int connections_ ABSL_GUARDED_BY(mu_) = 0;
  int fences_ ABSL_GUARDED_BY(mu_) = 0;
  int64_t rows_caught_up_ ABSL_GUARDED_BY(mu_) = 0;
  int accounts_loaded_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_FAKE_STORE_H_
