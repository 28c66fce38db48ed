#include "services/common/ledger/transaction_log.h"

#include <gmock/gmock.h>

#include <random>

#include "tests/support/random_log.h"

namespace ledgercast::testing {
namespace {

using ::testing::ElementsAre;
using Outcome = TransactionLog::Outcome;
using AppendResult = TransactionLog::AppendResult;

TEST(TransactionLogTest, ReadsWhatWasAppendedAfterAPosition) {
  LedgerMaker ledger;
  TransactionLog log(ledger.head(), SmallLog());
  log.Append({ledger.Add("a", "b"), ledger.Add("b", "c"), ledger.Add("a", "c")});
  const auto page = log.Read(ledger.PositionAt(1), AccountFilter::All(), {});
  EXPECT_EQ(page.outcome, Outcome::kRead);
  EXPECT_THAT(SequencesOf(page), ElementsAre(2, 3));
  EXPECT_EQ(page.until, ledger.head());
  EXPECT_TRUE(page.at_head);
}

TEST(TransactionLogTest, AFilteredReadTellsHowFarItLooked) {
  LedgerMaker ledger;
  TransactionLog log(ledger.head(), SmallLog());
  log.Append({ledger.Add("a", "b"), ledger.Add("b", "c"), ledger.Add("b", "d")});
  const auto page = log.Read(ledger.PositionAt(0), AccountFilter::Of({"a"}), {});
  EXPECT_THAT(SequencesOf(page), ElementsAre(1));
  EXPECT_EQ(page.until, ledger.head());
}

TEST(TransactionLogTest, ATransactionBetweenTwoAccountsOfTheFilterIsReadOnce) {
  LedgerMaker ledger;
  TransactionLog log(ledger.head(), SmallLog());
  log.Append({ledger.Add("a", "b"), ledger.Add("b", "a"), ledger.Add("c", "a")});
  const auto page = log.Read(ledger.PositionAt(0), AccountFilter::Of({"a", "b"}), {});
  EXPECT_THAT(SequencesOf(page), ElementsAre(1, 2, 3));
}

TEST(TransactionLogTest, APositionOlderThanTheRingIsTooOld) {
  LedgerMaker ledger;
  std::mt19937 random(1);
  TransactionLog log(ledger.head(), SmallLog(8, 4));
  AppendRandom(40, 3, &random, &ledger, &log);
  EXPECT_EQ(log.Read(ledger.PositionAt(0), AccountFilter::All(), {}).outcome, Outcome::kTooOld);
  EXPECT_EQ(log.Read(log.base(), AccountFilter::All(), {}).outcome, Outcome::kRead);
}

TEST(TransactionLogTest, APositionBeyondTheHeadIsAhead) {
  LedgerMaker ledger;
  TransactionLog log(ledger.head(), SmallLog());
  ledger.Add("a", "b");
  EXPECT_EQ(log.Read(ledger.head(), AccountFilter::All(), {}).outcome, Outcome::kAhead);
}

TEST(TransactionLogTest, APositionOfAnotherHistoryIsUnknown) {
  LedgerMaker ledger;
  TransactionLog log(ledger.head(), SmallLog());
  log.Append({ledger.Add("a", "b"), ledger.Add("a", "b"), ledger.Add("a", "b")});
  for (int64_t sequence = 0; sequence <= 3; ++sequence) {
    Position other = ledger.PositionAt(sequence);
    other.check ^= 1;
    EXPECT_EQ(log.Read(other, AccountFilter::All(), {}).outcome, Outcome::kUnknown) << sequence;
  }
}

TEST(TransactionLogTest, AppendTakesOnlyWhatIsNew) {
  LedgerMaker ledger;
  TransactionLog log(ledger.head(), SmallLog());
  const v1::Transaction first = ledger.Add("a", "b");
  const v1::Transaction second = ledger.Add("a", "b");
  EXPECT_EQ(log.Append({first}), AppendResult::kAppended);
  EXPECT_EQ(log.Append({first}), AppendResult::kNothingNew);
  EXPECT_EQ(log.Append({first, second}), AppendResult::kAppended);
  EXPECT_EQ(log.head(), ledger.head());
}

TEST(TransactionLogTest, AppendRefusesAGapAndAConflict) {
  LedgerMaker ledger;
  LedgerMaker other;
  TransactionLog log(ledger.head(), SmallLog());
  log.Append({ledger.Add("a", "b")});
  EXPECT_EQ(log.Append({other.Add("x", "y")}), AppendResult::kConflict);
  ledger.Add("a", "b");
  EXPECT_EQ(log.Append({ledger.Add("a", "b")}), AppendResult::kGap);
  EXPECT_EQ(log.head(), ledger.PositionAt(1));
}

TEST(TransactionLogTest, ABatchThatFollowsAnotherHistoryThanTheLogsIsAConflict) {
  LedgerMaker ledger;
  LedgerMaker rewound;
  TransactionLog log(ledger.head(), SmallLog());
  const Position genesis = ledger.head();
  const auto first = ledger.Add("a", "b");
  EXPECT_EQ(log.AppendAfter({0, genesis.check + 1}, {first}), AppendResult::kConflict);
  EXPECT_EQ(log.AppendAfter(genesis, {first}), AppendResult::kAppended);
  // The other history has a first transaction, too, and goes on right where this one ends.
  rewound.Add("x", "y");
  const Position other = rewound.head();
  EXPECT_EQ(log.AppendAfter(other, {rewound.Add("x", "y")}), AppendResult::kConflict);
  EXPECT_EQ(log.head(), ledger.head());
  const auto second = ledger.Add("a", "b");
  // What overlaps is compared by its own hashes.
  EXPECT_EQ(log.AppendAfter(genesis, {first, second}), AppendResult::kAppended);
  EXPECT_EQ(log.AppendAfter(ledger.PositionAt(1), {second}), AppendResult::kNothingNew);
  ledger.Add("b", "a");
  EXPECT_EQ(log.AppendAfter(ledger.head(), {ledger.Add("b", "a")}), AppendResult::kGap);
  EXPECT_EQ(log.head(), ledger.PositionAt(2));
}

TEST(TransactionLogTest, AnEmptyLogIsGoneOnFromWhereItStarts) {
  LedgerMaker ledger;
  ledger.Add("a", "b");
  TransactionLog log(ledger.head(), SmallLog());
  const Position start = ledger.head();
  EXPECT_EQ(log.AppendAfter(start, {ledger.Add("a", "b")}), AppendResult::kAppended);
  EXPECT_EQ(log.head(), ledger.head());
}

TEST(TransactionLogTest, PagesAreBoundedInTransactionsAndBytes) {
  LedgerMaker ledger;
  std::mt19937 random(2);
  TransactionLog log(ledger.head(), SmallLog(1000, 16));
  AppendRandom(100, 4, &random, &ledger, &log);
  for (const AccountFilter& filter : {AccountFilter::All(), AccountFilter::Of({"user1"})}) {
    EXPECT_LE(log.Read(ledger.PositionAt(0), filter, {7, 1 << 20}).transactions.size(), 7u);
    EXPECT_EQ(log.Read(ledger.PositionAt(0), filter, {7, 1}).transactions.size(), 1u);
  }
}

TEST(TransactionLogTest, TheRingStaysWithinItsCapacityWhateverReadersHold) {
  LedgerMaker ledger;
  std::mt19937 random(3);
  TransactionLog log(ledger.head(), SmallLog(64, 8));
  const Position start = ledger.head();
  for (int i = 0; i < 500; ++i) {
    AppendRandom(5, 5, &random, &ledger, &log);
    // A reader that never moves costs nothing.
    log.Read(start, AccountFilter::All(), {});
    EXPECT_LE(log.head().sequence - log.base().sequence, 64 + 8);
  }
}

TEST(TransactionLogTest, TheRingStaysWithinItsBytes) {
  LedgerMaker ledger;
  TransactionLog::Options options = SmallLog(1'000'000, 4);
  options.capacity_bytes = 64 << 10;
  TransactionLog log(ledger.head(), options);
  for (int i = 0; i < 1'000; ++i) log.Append({ledger.Add("a", "b", 1, std::string(1'000, 'x'))});
  EXPECT_LT(log.head().sequence - log.base().sequence, 64);
  EXPECT_GT(log.head().sequence - log.base().sequence, 16);
}

TEST(TransactionLogTest, BalancesAreToldForEveryPositionThatTheRingCovers) {
  LedgerMaker ledger;
  std::mt19937 random(4);
  TransactionLog log(ledger.head(), SmallLog(64, 8));
  AppendRandom(300, 6, &random, &ledger, &log);
  for (int account = 0; account < 6; ++account) {
    int64_t balance = 0;
    for (const v1::Transaction& transaction : ledger.all()) {
      if (transaction.from_account() == AccountName(account)) balance = transaction.from_balance();
      if (transaction.to_account() == AccountName(account)) balance = transaction.to_balance();
      const auto told =
          log.BalanceAt(AccountName(account), ledger.PositionAt(transaction.sequence()));
      if (told) {
        EXPECT_EQ(*told, balance);
      } else {
        EXPECT_LT(transaction.sequence(), log.base().sequence);
      }
    }
  }
  EXPECT_FALSE(log.BalanceAt("nobody", ledger.head()));
}

// --- wake-ups ---

TEST(TransactionLogTest, AWaiterIsWokenOnceByWhatItsFilterMatches) {
  LedgerMaker ledger;
  TransactionLog log(ledger.head(), SmallLog());
  int woken = 0;
  log.Wait(0, AccountFilter::Of({"a", "z"}), [&] { ++woken; });
  log.Append({ledger.Add("b", "c")});
  EXPECT_EQ(woken, 0);
  log.Append({ledger.Add("b", "a"), ledger.Add("a", "z")});
  EXPECT_EQ(woken, 1);
  log.Append({ledger.Add("b", "a")});
  EXPECT_EQ(woken, 1);
}

TEST(TransactionLogTest, AWaiterBehindTheHeadIsWokenAtOnce) {
  LedgerMaker ledger;
  TransactionLog log(ledger.head(), SmallLog());
  log.Append({ledger.Add("a", "b")});
  int woken = 0;
  log.Wait(0, AccountFilter::Of({"c"}), [&] { ++woken; });
  EXPECT_EQ(woken, 1);
}

TEST(TransactionLogTest, ACancelledWaiterIsNeverWoken) {
  LedgerMaker ledger;
  TransactionLog log(ledger.head(), SmallLog());
  int woken = 0;
  const auto id = log.Wait(0, AccountFilter::All(), [&] { ++woken; });
  EXPECT_TRUE(log.Cancel(id));
  EXPECT_FALSE(log.Cancel(id));
  log.Append({ledger.Add("a", "b")});
  EXPECT_EQ(woken, 0);
}

TEST(TransactionLogTest, ResetWakesEverybodyAndLosesOldPositions) {
  LedgerMaker ledger;
  LedgerMaker rewound;
  TransactionLog log(ledger.head(), SmallLog());
  for (int i = 0; i < 3; ++i) log.Append({ledger.Add("a", "b")});
  int woken = 0;
  log.Wait(3, AccountFilter::Of({"q"}), [&] { ++woken; });
  for (int i = 0; i < 3; ++i) rewound.Add("x", "y");
  log.Reset(rewound.head());
  EXPECT_EQ(woken, 1);
  EXPECT_EQ(log.Read(ledger.head(), AccountFilter::All(), {}).outcome, Outcome::kUnknown);
  EXPECT_EQ(log.Read(rewound.head(), AccountFilter::All(), {}).outcome, Outcome::kRead);
}

}  // namespace
}  // namespace ledgercast::testing
