#include "services/common/ledger/transaction_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <random>
#include <thread>

#include "tests/support/random_log.h"

namespace ledgercast::testing {
namespace {

using Outcome = TransactionLog::Outcome;

// A reader as every hop has them: reads the log, and the ledger itself where the log
// says that it is too old.
class Reader {
 public:
  Reader(AccountFilter filter, Position start) : filter_(std::move(filter)), at_(start) {
    start_ = start.sequence;
  }

  void Step(const TransactionLog& log, const LedgerMaker& ledger,
            const TransactionLog::ReadLimits& limits) {
    const auto page = log.Read(at_, filter_, limits);
    if (page.outcome == Outcome::kTooOld) {
      for (const int64_t sequence : ledger.SequencesAfter(at_.sequence, filter_)) {
        if (sequence > log.base().sequence) break;
        got_.push_back(sequence);
      }
      at_ = log.base();
      return;
    }
    ASSERT_EQ(page.outcome, Outcome::kRead);
    ASSERT_GE(page.until.sequence, at_.sequence);
    for (const int64_t sequence : SequencesOf(page)) got_.push_back(sequence);
    at_ = page.until;
  }

  void ExpectItsRowsOnce(const LedgerMaker& ledger) const {
    EXPECT_EQ(got_, ledger.SequencesAfter(start_, filter_));
  }

  const Position& at() const { return at_; }

 private:
  const AccountFilter filter_;
  int64_t start_ = 0;
  Position at_;
  std::vector<int64_t> got_;
};

AccountFilter RandomFilter(int accounts, std::mt19937* random) {
  if ((*random)() % 4 == 0) return AccountFilter::All();
  std::vector<std::string> names;
  for (unsigned i = 0; i <= (*random)() % 3; ++i) {
    names.push_back(AccountName(static_cast<int>((*random)() % static_cast<unsigned>(accounts))));
  }
  return AccountFilter::Of(std::move(names));
}

class TransactionLogProperty : public ::testing::TestWithParam<unsigned> {};

TEST_P(TransactionLogProperty, EachReaderGetsExactlyItsRowsOnceInOrder) {
  std::mt19937 random(GetParam());
  const int accounts = 2 + static_cast<int>(random() % 30);
  LedgerMaker ledger;
  TransactionLog log(ledger.head(), SmallLog(16 + static_cast<int64_t>(random() % 200),
                                             1 + static_cast<int64_t>(random() % 16)));
  std::vector<Reader> readers;
  for (int step = 0; step < 2'000; ++step) {
    switch (random() % 4) {
      case 0:
        AppendRandom(1 + static_cast<int>(random() % 12), accounts, &random, &ledger, &log);
        break;
      case 1:
        if (readers.size() < 40) {
          const auto start = static_cast<int64_t>(random() % (ledger.all().size() + 1));
          readers.emplace_back(RandomFilter(accounts, &random), ledger.PositionAt(start));
        }
        break;
      default:
        if (readers.empty()) break;
        readers[random() % readers.size()].Step(
            log, ledger,
            {1 + static_cast<int64_t>(random() % 20), 200 + static_cast<int64_t>(random() % 9000)});
    }
    ASSERT_FALSE(HasFatalFailure());
  }
  for (Reader& reader : readers) {
    while (reader.at() != ledger.head()) {
      reader.Step(log, ledger, {});
      ASSERT_FALSE(HasFatalFailure());
    }
    reader.ExpectItsRowsOnce(ledger);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, TransactionLogProperty, ::testing::Range(1u, 41u));

TEST(TransactionLogPropertyTest, ReadersOnOtherThreadsMissNothingWhileItIsAppendedTo) {
  constexpr int kAccounts = 8;
  constexpr int kTransactions = 20'000;
  LedgerMaker ledger;
  std::mt19937 random(5);
  const Position start = ledger.head();
  // Never too old, so that the readers need no lock for the ledger while it is made.
  TransactionLog log(start, SmallLog(2 * kTransactions, 64));
  std::vector<std::vector<int64_t>> got(6);
  std::vector<std::thread> threads;
  for (size_t reader = 0; reader < got.size(); ++reader) {
    threads.emplace_back([&, reader] {
      const AccountFilter filter = reader % 2 == 0
                                       ? AccountFilter::All()
                                       : AccountFilter::Of({AccountName(static_cast<int>(reader))});
      Position at = start;
      while (at.sequence < kTransactions) {
        // Shared, since the waker may still hold it when the reader has gone on.
        const auto woken = std::make_shared<std::atomic<bool>>(false);
        const auto page = log.Read(at, filter, {100, 1 << 20});
        at = page.until;
        for (const int64_t sequence : SequencesOf(page)) got[reader].push_back(sequence);
        if (!page.at_head || at.sequence == kTransactions) continue;
        log.Wait(at.sequence, AccountFilter::All(), [woken] {
          *woken = true;
          woken->notify_one();
        });
        woken->wait(false);
      }
    });
  }
  while (static_cast<int>(ledger.all().size()) < kTransactions) {
    const int left = kTransactions - static_cast<int>(ledger.all().size());
    AppendRandom(std::min(left, 1 + static_cast<int>(random() % 50)), kAccounts, &random, &ledger,
                 &log);
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t reader = 0; reader < got.size(); ++reader) {
    const AccountFilter filter = reader % 2 == 0
                                     ? AccountFilter::All()
                                     : AccountFilter::Of({AccountName(static_cast<int>(reader))});
    EXPECT_EQ(got[reader], ledger.SequencesAfter(0, filter));
  }
}

}  // namespace
}  // namespace ledgercast::testing
