#include <algorithm>
#include <tuple>
#include <utility>

#include "services/common/base/errors.h"
#include "services/common/base/proto_time.h"
#include "services/transaction/refused_data.h"
#include "tests/support/fake_store.h"

namespace ledgercast::testing {
namespace {

absl::Status Away() {
  return MakeError(absl::StatusCode::kUnavailable, reason::kDatabaseUnavailable,
                   "the fake database is away");
}

}  // namespace

// Behaves like a real connection: its locks are released when it is destroyed, and after an error
// it cannot be used.
class FakePostingSession : public PostingSession {
 public:
  explicit FakePostingSession(FakeLedger* ledger) : ledger_(*ledger) {}

  ~FakePostingSession() override {
    absl::MutexLock lock(&ledger_.mu_);
    Unlock();
  }

  absl::StatusOr<Fenced> Fence(const FenceQuery& query) override {
    absl::MutexLock lock(&ledger_.mu_);
    ++ledger_.fences_;
    if (IsBroken() || FakeLedger::Take(&ledger_.fail_fences_)) return Break(Away());
    const auto free = [this]() ABSL_SHARED_LOCKS_REQUIRED(ledger_.mu_) {
      return ledger_.fenced_ == nullptr || ledger_.fenced_ == this;
    };
    ledger_.mu_.Await(absl::Condition(&free));
    if (IsBroken()) return Break(Away());
    ledger_.fenced_ = this;
    Fenced fenced{ledger_.ReadHead(), StatesOf(query.accounts), {}};
    for (const LedgerEntry& entry : ledger_.entries_) {
      const std::string& id = entry.transaction.id();
      if (std::find(query.ids.begin(), query.ids.end(), id) != query.ids.end()) {
        fenced.known_ids.push_back(id);
      }
    }
    return fenced;
  }

  absl::StatusOr<std::vector<v1::Transaction>> ReadAfter(int64_t after,
                                                         int64_t max_transactions) override {
    absl::MutexLock lock(&ledger_.mu_);
    if (const absl::Status status = CheckFenced(); !status.ok()) return status;
    std::vector<v1::Transaction> found;
    for (const LedgerEntry& entry : ledger_.entries_) {
      if (static_cast<int64_t>(found.size()) == max_transactions) break;
      if (entry.transaction.sequence() > after) found.push_back(entry.transaction);
    }
    ledger_.rows_caught_up_ += static_cast<int64_t>(found.size());
    return found;
  }

  absl::StatusOr<std::vector<LedgerEntry>> FindByIds(const std::vector<std::string>& ids) override {
    absl::MutexLock lock(&ledger_.mu_);
    if (const absl::Status status = CheckFenced(); !status.ok()) return status;
    std::vector<LedgerEntry> found;
    for (const LedgerEntry& entry : ledger_.entries_) {
      for (const std::string& id : ids) {
        if (entry.transaction.id() != id) continue;
        found.push_back(entry);
        break;
      }
    }
    return found;
  }

  absl::StatusOr<std::vector<std::pair<std::string, std::string>>> FindReversals(
      const std::vector<std::string>& ids) override {
    absl::MutexLock lock(&ledger_.mu_);
    if (const absl::Status status = CheckFenced(); !status.ok()) return status;
    std::vector<std::pair<std::string, std::string>> found;
    for (const LedgerEntry& entry : ledger_.entries_) {
      const std::string& reverses = entry.transaction.reverses();
      if (reverses.empty() || std::find(ids.begin(), ids.end(), reverses) == ids.end()) continue;
      found.emplace_back(reverses, entry.transaction.id());
    }
    return found;
  }

  absl::StatusOr<std::vector<NamedAccountState>> LoadAccounts(
      const std::vector<std::string>& names) override {
    absl::MutexLock lock(&ledger_.mu_);
    if (const absl::Status status = CheckFenced(); !status.ok()) return status;
    return StatesOf(names);
  }

  absl::Status Commit(const std::vector<LedgerEntry>& entries, const Head& head) override {
    absl::MutexLock lock(&ledger_.mu_);
    if (const absl::Status status = CheckFenced(); !status.ok()) return status;
    ++ledger_.at_gate_;
    const auto open = [this]()
                          ABSL_SHARED_LOCKS_REQUIRED(ledger_.mu_) { return !ledger_.gate_closed_; };
    ledger_.mu_.Await(absl::Condition(&open));
    --ledger_.at_gate_;
    if (IsBroken()) return Break(Away());
    if (FakeLedger::Take(&ledger_.fail_writes_)) {
      return Break(
          MakeError(ledger_.write_failure_, reason::kDatabaseUnavailable, "the fake write failed"));
    }
    if (ledger_.is_bad_ && std::any_of(entries.begin(), entries.end(), ledger_.is_bad_)) {
      return Break(RefusedData("the fake database does not take this"));
    }
    const bool doubtful = FakeLedger::Take(&ledger_.doubt_commits_);
    if (!doubtful || ledger_.doubt_committed_) ledger_.Append(entries, head);
    if (!doubtful) {
      Unlock();
      return absl::OkStatus();
    }
    return Break(MakeError(absl::StatusCode::kUnknown, reason::kDatabaseUnavailable,
                           "the fake connection broke during COMMIT"));
  }

  absl::Status Release() override {
    absl::MutexLock lock(&ledger_.mu_);
    if (const absl::Status status = CheckFenced(); !status.ok()) return status;
    Unlock();
    return absl::OkStatus();
  }

 private:
  std::vector<NamedAccountState> StatesOf(const std::vector<std::string>& names)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(ledger_.mu_) {
    std::vector<NamedAccountState> found;
    for (const std::string& name : names) {
      const auto it = ledger_.accounts_.find(name);
      if (it == ledger_.accounts_.end()) continue;
      AccountState state;
      state.id = it->second.id;
      state.currency = it->second.account.currency();
      if (it->second.account.has_minimum_balance()) {
        state.minimum_balance = it->second.account.minimum_balance();
      }
      std::tie(state.balance, state.newest) = ledger_.NewestOf(name, ledger_.head_.sequence);
      found.push_back({name, std::move(state)});
    }
    ledger_.accounts_loaded_ += static_cast<int>(found.size());
    return found;
  }

  bool IsBroken() const ABSL_SHARED_LOCKS_REQUIRED(ledger_.mu_) {
    return is_broken_ || ledger_.away_;
  }

  absl::Status CheckFenced() ABSL_EXCLUSIVE_LOCKS_REQUIRED(ledger_.mu_) {
    if (IsBroken()) return Break(Away());
    if (ledger_.fenced_ == this) return absl::OkStatus();
    return Break(absl::InternalError("only between Fence() and its end"));
  }

  absl::Status Break(absl::Status status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(ledger_.mu_) {
    is_broken_ = true;
    Unlock();
    return status;
  }

  void Unlock() ABSL_EXCLUSIVE_LOCKS_REQUIRED(ledger_.mu_) {
    if (ledger_.fenced_ == this) ledger_.fenced_ = nullptr;
  }

  FakeLedger& ledger_;
  bool is_broken_ = false;
};

PostingSessionFactory FakeLedger::Sessions() {
  return [this]() -> absl::StatusOr<std::unique_ptr<PostingSession>> {
    absl::MutexLock lock(&mu_);
    ++connections_;
    if (away_ || Take(&refuse_connections_)) return Away();
    return std::make_unique<FakePostingSession>(this);
  };
}

bool FakeLedger::Take(int* times) {
  if (*times == 0) return false;
  --*times;
  return true;
}

void FakeLedger::Append(const std::vector<LedgerEntry>& entries, const Head& head) {
  entries_.insert(entries_.end(), entries.begin(), entries.end());
  const int64_t settings_version = head_.settings_version;
  head_ = head;
  head_.settings_version = settings_version;
}

void FakeLedger::RefuseConnections(int times) {
  absl::MutexLock lock(&mu_);
  refuse_connections_ = times;
}

void FakeLedger::FailFences(int times) {
  absl::MutexLock lock(&mu_);
  fail_fences_ = times;
}

void FakeLedger::FailWrites(int times, absl::StatusCode code) {
  absl::MutexLock lock(&mu_);
  fail_writes_ = times;
  write_failure_ = code;
}

void FakeLedger::DoubtCommits(int times, bool committed) {
  absl::MutexLock lock(&mu_);
  doubt_commits_ = times;
  doubt_committed_ = committed;
}

void FakeLedger::SetAway(bool away) {
  absl::MutexLock lock(&mu_);
  away_ = away;
}

void FakeLedger::SetClock(Clock clock) {
  absl::MutexLock lock(&mu_);
  clock_ = std::move(clock);
}

void FakeLedger::RefuseWrites(std::function<bool(const LedgerEntry&)> is_bad) {
  absl::MutexLock lock(&mu_);
  is_bad_ = std::move(is_bad);
}

void FakeLedger::Rewind(int64_t sequence) {
  absl::MutexLock lock(&mu_);
  entries_.resize(static_cast<size_t>(sequence));
  head_.sequence = sequence;
  head_.hash = GenesisHash(head_.ledger);
  head_.create_time = absl::UnixEpoch();
  if (entries_.empty()) return;
  HashFromHex(entries_.back().transaction.hash(), &head_.hash);
  head_.create_time = FromProto(entries_.back().transaction.create_time());
}

void FakeLedger::CloseGate() {
  absl::MutexLock lock(&mu_);
  gate_closed_ = true;
}

void FakeLedger::OpenGate() {
  absl::MutexLock lock(&mu_);
  gate_closed_ = false;
}

void FakeLedger::AwaitSomeoneAtGate() {
  absl::MutexLock lock(&mu_);
  const auto there = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return at_gate_ > 0; };
  mu_.Await(absl::Condition(&there));
}

std::vector<LedgerEntry> FakeLedger::entries() const {
  absl::MutexLock lock(&mu_);
  return entries_;
}

int FakeLedger::connections() const {
  absl::MutexLock lock(&mu_);
  return connections_;
}

int FakeLedger::fences() const {
  absl::MutexLock lock(&mu_);
  return fences_;
}

int64_t FakeLedger::rows_caught_up() const {
  absl::MutexLock lock(&mu_);
  return rows_caught_up_;
}

int FakeLedger::accounts_loaded() const {
  absl::MutexLock lock(&mu_);
  return accounts_loaded_;
}

}  // namespace ledgercast::testing
