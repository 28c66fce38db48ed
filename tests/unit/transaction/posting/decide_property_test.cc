// Random batches against a model that is as naive as it can be: maps of balances, of
// newest sequences and of ids, one transfer at a time.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>

#include "services/common/base/errors.h"
#include "services/transaction/posting/decide.h"
#include "tests/support/ledger_writer.h"

namespace ledgercast {
namespace {

constexpr char kPropertyLedger[] = "0123456789abcdef";
constexpr int kAccounts = 8;

struct ModelAccount {
  std::string currency;
  std::optional<int64_t> minimum;
  int64_t balance = 0;
  int64_t newest = 0;
};

class Model {
 public:
  std::map<std::string, ModelAccount> accounts;
  std::map<std::string, LedgerEntry> posted;

  std::string Expect(const Posting& posting) const {
    const v1::CreateTransactionRequest& request = posting.request;
    if (const auto it = posted.find(request.id()); it != posted.end()) {
      const v1::Transaction& first = it->second.transaction;
      const bool same =
          it->second.caller == posting.caller && first.from_account() == request.from_account() &&
          first.to_account() == request.to_account() && first.amount() == request.amount();
      return same ? "REPLAYED" : std::string(reason::kTransactionExists);
    }
    const auto from = accounts.find(request.from_account());
    const auto to = accounts.find(request.to_account());
    if (from == accounts.end() || to == accounts.end()) {
      return std::string(reason::kAccountNotFound);
    }
    if (from->second.currency != to->second.currency) {
      return std::string(reason::kCurrencyMismatch);
    }
    if (from->second.minimum && from->second.balance - request.amount() < *from->second.minimum) {
      return std::string(reason::kInsufficientFunds);
    }
    return request.validate_only() ? "VALID" : "POSTED";
  }

  // Takes over what was posted, after checking its links and balances.
  void Apply(const LedgerEntry& entry) {
    const v1::Transaction& transaction = entry.transaction;
    ModelAccount& from = accounts.at(transaction.from_account());
    ModelAccount& to = accounts.at(transaction.to_account());
    EXPECT_EQ(transaction.from_previous(), from.newest);
    EXPECT_EQ(transaction.to_previous(), to.newest);
    EXPECT_EQ(transaction.from_balance(), from.balance -= transaction.amount());
    EXPECT_EQ(transaction.to_balance(), to.balance += transaction.amount());
    from.newest = to.newest = transaction.sequence();
    posted[transaction.id()] = entry;
  }
};

class DecidePropertyTest : public ::testing::TestWithParam<unsigned> {
 protected:
  DecidePropertyTest() : random_(GetParam()) {
    head_.ledger = kPropertyLedger;
    head_.hash = GenesisHash(kPropertyLedger);
    for (int i = 0; i < kAccounts; ++i) {
      ModelAccount account;
      account.currency = i == 0 ? "EUR" : "PTS";
      if (i % 3 == 1) account.minimum = -Below(50);
      model_.accounts["a" + std::to_string(i)] = account;
      AccountState& state = states_["a" + std::to_string(i)];
      state.id = i + 1;
      state.currency = account.currency;
      state.minimum_balance = account.minimum;
    }
  }

  int64_t Below(int64_t bound) {
    return std::uniform_int_distribution<int64_t>(0, bound - 1)(random_);
  }

  Posting Draw() {
    Posting posting;
    const int64_t from = Below(kAccounts + 1);
    const int64_t to = (from + 1 + Below(kAccounts)) % (kAccounts + 1);
    posting.request.set_id("id" + std::to_string(Below(200)));
    posting.request.set_from_account("a" + std::to_string(from));
    posting.request.set_to_account("a" + std::to_string(to));
    posting.request.set_amount(1 + Below(20));
    posting.request.set_validate_only(Below(10) == 0);
    posting.caller = Below(10) == 0 ? "admin" : posting.request.from_account();
    // Most of the time a known id comes with the content that it had.
    const auto known = model_.posted.find(posting.request.id());
    if (known != model_.posted.end() && Below(4) != 0) {
      posting.request.set_from_account(known->second.transaction.from_account());
      posting.request.set_to_account(known->second.transaction.to_account());
      posting.request.set_amount(known->second.transaction.amount());
      posting.caller = known->second.caller;
    }
    return posting;
  }

  static std::string Name(const absl::StatusOr<Posted>& outcome, const Posting& posting) {
    if (!outcome.ok()) return GetErrorInfo(outcome.status()).reason();
    if (outcome->replayed) return "REPLAYED";
    return posting.request.validate_only() ? "VALID" : "POSTED";
  }

  void CheckBatch(const std::vector<Posting>& batch) {
    KnownEntries known;
    known.by_id.insert(model_.posted.begin(), model_.posted.end());
    const auto decisions = testing::DecideEach(batch, known, head_, absl::UnixEpoch(), &states_);
    ASSERT_EQ(decisions.outcomes.size(), batch.size());
    size_t next = 0;
    for (size_t i = 0; i < batch.size(); ++i) {
      const std::string expected = model_.Expect(batch[i]);
      ASSERT_EQ(Name(decisions.outcomes[i], batch[i]), expected)
          << batch[i].request.ShortDebugString();
      if (expected != "POSTED") continue;
      ASSERT_LT(next, decisions.entries.size());
      const LedgerEntry& entry = decisions.entries[next++];
      EXPECT_EQ(entry.transaction.sequence(), head_.sequence + 1);
      head_.sequence = entry.transaction.sequence();
      head_.hash = ChainHash(head_.hash, entry.transaction);
      EXPECT_EQ(entry.transaction.hash(), HashToHex(head_.hash));
      model_.Apply(entry);
    }
    EXPECT_EQ(next, decisions.entries.size());
    EXPECT_EQ(decisions.head.sequence, head_.sequence);
    EXPECT_EQ(decisions.head.hash, head_.hash);
  }

  void CheckStates() {
    int64_t sum = 0;
    for (const auto& [name, account] : model_.accounts) {
      sum += account.balance;
      EXPECT_EQ(states_[name].balance, account.balance);
      EXPECT_EQ(states_[name].newest, account.newest);
      EXPECT_GE(account.balance, account.minimum.value_or(account.balance));
    }
    EXPECT_EQ(sum, 0);
  }

  std::mt19937 random_;
  Model model_;
  Head head_;
  AccountStates states_;
};

TEST_P(DecidePropertyTest, AgreesWithANaiveModelAndKeepsTheSumAtZero) {
  for (int round = 0; round < 60 && !HasFailure(); ++round) {
    std::vector<Posting> batch;
    const int64_t size = Below(40);
    for (int64_t i = 0; i < size; ++i) batch.push_back(Draw());
    CheckBatch(batch);
    CheckStates();
  }
  EXPECT_GT(head_.sequence, 50);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DecidePropertyTest, ::testing::Range(1u, 21u));

}  // namespace
}  // namespace ledgercast
