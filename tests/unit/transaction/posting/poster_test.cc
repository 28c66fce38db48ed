#include "services/transaction/posting/poster.h"

#include <thread>

#include "tests/support/poster_fixture.h"

namespace ledgercast::testing {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST_F(PosterTest, PostsOneTransferAndAnswersAfterItsCommit) {
  ledger_.CloseGate();
  const auto poster = MakePoster();
  Submit(poster, Pay(1, "alice", "bob", 5));
  ledger_.AwaitSomeoneAtGate();
  EXPECT_EQ(answers_.size(), 0u);
  EXPECT_TRUE(batches().empty());
  ledger_.OpenGate();
  EXPECT_THAT(AwaitNames(1), ElementsAre("OK"));
  EXPECT_THAT(batches(), ElementsAre(ElementsAre(1)));
  EXPECT_EQ(BalanceOf("bob"), 5);
}

TEST_F(PosterTest, WhatQueuesDuringACommitIsTheNextBatch) {
  ledger_.CloseGate();
  const auto poster = MakePoster();
  Submit(poster, Pay(1, "alice", "bob", 1));
  ledger_.AwaitSomeoneAtGate();
  for (int i = 2; i <= 6; ++i) Submit(poster, Pay(i, "alice", "bob", 1));
  EXPECT_EQ(poster->counters().queued, 5);
  ledger_.OpenGate();
  EXPECT_THAT(AwaitNames(6), Each("OK"));
  EXPECT_THAT(batches(), ElementsAre(ElementsAre(1), ElementsAre(2, 3, 4, 5, 6)));
  EXPECT_EQ(poster->counters().batches, 2);
  EXPECT_EQ(poster->counters().posted, 6);
}

TEST_F(PosterTest, ABatchHoldsNoMoreThanItsLimit) {
  Poster::Options options;
  options.max_batch_transactions = 2;
  ledger_.CloseGate();
  const auto poster = MakePoster(options);
  Submit(poster, Pay(1, "alice", "bob", 1));
  ledger_.AwaitSomeoneAtGate();
  for (int i = 2; i <= 6; ++i) Submit(poster, Pay(i, "alice", "bob", 1));
  ledger_.OpenGate();
  AwaitNames(6);
  EXPECT_THAT(batches(),
              ElementsAre(ElementsAre(1), ElementsAre(2, 3), ElementsAre(4, 5), ElementsAre(6)));
}

TEST_F(PosterTest, AnswersComeInQueueOrderEachToItsOwnItem) {
  Open("poor", 0);
  ledger_.CloseGate();
  const auto poster = MakePoster();
  Submit(poster, Pay(1, "alice", "bob", 1));
  ledger_.AwaitSomeoneAtGate();
  Submit(poster, Pay(2, "poor", "bob", 1));
  Submit(poster, Pay(3, "alice", "bob", 1));
  Submit(poster, Pay(4, "alice", "nobody", 1));
  Submit(poster, Pay(1, "alice", "bob", 1));
  ledger_.OpenGate();
  EXPECT_THAT(AwaitNames(5), ElementsAre("OK", reason::kInsufficientFunds, "OK",
                                         reason::kAccountNotFound, "REPLAYED"));
  const auto answers = answers_.Await(5);
  EXPECT_EQ(answers[2].id, IdOf(3));
  EXPECT_EQ(answers[2].outcome->transaction.id(), IdOf(3));
  EXPECT_EQ(answers[2].outcome->transaction.sequence(), 2);
}

TEST_F(PosterTest, ABatchOfRefusalsCommitsNothingAndFreesTheLedger) {
  const auto poster = MakePoster();
  const auto other = MakePoster();
  Submit(poster, Pay(1, "alice", "nobody", 1));
  EXPECT_THAT(AwaitNames(1), ElementsAre(reason::kAccountNotFound));
  EXPECT_TRUE(batches().empty());
  // Would wait for the lock for ever otherwise.
  Submit(other, Pay(2, "alice", "bob", 1));
  EXPECT_THAT(AwaitNames(2), ElementsAre(reason::kAccountNotFound, "OK"));
}

TEST_F(PosterTest, AFullQueueRefusesAtOnce) {
  Poster::Options options;
  options.max_batch_transactions = 1;
  options.queue.max_transactions = 2;
  ledger_.CloseGate();
  const auto poster = MakePoster(options);
  Submit(poster, Pay(1, "alice", "bob", 1));
  ledger_.AwaitSomeoneAtGate();
  for (int i = 2; i <= 4; ++i) Submit(poster, Pay(i, "alice", "bob", 1));
  const auto refused = answers_.Await(1);
  EXPECT_EQ(refused[0].id, IdOf(4));
  EXPECT_TRUE(absl::IsResourceExhausted(refused[0].outcome.status()));
  EXPECT_EQ(NameOf(refused[0].outcome), reason::kTooBusy);
  ledger_.OpenGate();
  EXPECT_THAT(AwaitNames(4), ElementsAre(reason::kTooBusy, "OK", "OK", "OK"));
  // And the id is free to be tried again.
  Submit(poster, Pay(4, "alice", "bob", 1));
  EXPECT_EQ(AwaitNames(5).back(), "OK");
}

TEST_F(PosterTest, WhatWaitedPastItsDeadlineIsNotPosted) {
  ledger_.CloseGate();
  const auto poster = MakePoster();
  Submit(poster, Pay(1, "alice", "bob", 1));
  ledger_.AwaitSomeoneAtGate();
  PostingItem late = Pay(2, "alice", "bob", 1);
  late.deadline = steady_.Now() + absl::Seconds(1);
  Submit(poster, std::move(late));
  PostingItem patient = Pay(3, "alice", "bob", 1);
  patient.deadline = steady_.Now() + absl::Seconds(3);
  Submit(poster, std::move(patient));
  steady_.Advance(absl::Seconds(2));
  ledger_.OpenGate();
  const auto answers = answers_.Await(3);
  EXPECT_EQ(answers[1].id, IdOf(2));
  EXPECT_TRUE(absl::IsDeadlineExceeded(answers[1].outcome.status()));
  EXPECT_TRUE(answers[2].outcome.ok());
  EXPECT_THAT(ledger_.entries(), SizeIs(2));
}

TEST_F(PosterTest, StoppingFinishesTheBatchInHandAndRefusesTheQueue) {
  Poster::Options options;
  options.max_batch_transactions = 1;
  ledger_.CloseGate();
  auto poster = MakePoster(options);
  Submit(poster, Pay(1, "alice", "bob", 1));
  ledger_.AwaitSomeoneAtGate();
  for (int i = 2; i <= 1'000; ++i) Submit(poster, Pay(i, "alice", "bob", 1));
  std::thread stopper([&poster] { poster.reset(); });
  ledger_.OpenGate();
  stopper.join();
  // How many were posted before the stop was seen is a matter of timing; that each item
  // has one answer, and the true one, is not.
  const std::vector<std::string> names = AwaitNames(1'000);
  EXPECT_EQ(answers_.size(), 1'000u);
  const size_t posted = ledger_.entries().size();
  ASSERT_GE(posted, 1u);
  for (size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(names[i], i < posted ? "OK" : reason::kShuttingDown);
  }
}

TEST_F(PosterTest, AccountsAreReadOnceAndThenRemembered) {
  const auto poster = MakePoster();
  for (int i = 1; i <= 5; ++i) {
    Submit(poster, Pay(i, "alice", "bob", 1));
    AwaitNames(static_cast<size_t>(i));
  }
  EXPECT_EQ(ledger_.accounts_loaded(), 2);
  EXPECT_EQ(ledger_.connections(), 1);
}

TEST_F(PosterTest, AnAccountThatWasUnknownIsFoundOnceItExists) {
  const auto poster = MakePoster();
  Submit(poster, Pay(1, "alice", "dora", 1));
  EXPECT_EQ(AwaitNames(1).back(), reason::kAccountNotFound);
  Open("dora");
  Submit(poster, Pay(1, "alice", "dora", 1));
  EXPECT_EQ(AwaitNames(2).back(), "OK");
}

TEST_F(PosterTest, TwoPostersOnOneLedgerFoldEachOthersRows) {
  const auto one = MakePoster();
  const auto two = MakePoster();
  Open("poor", 0);
  const auto post = [this](const std::unique_ptr<Poster>& poster, PostingItem item) {
    const size_t before = answers_.size();
    Submit(poster, std::move(item));
    return AwaitNames(before + 1).back();
  };
  EXPECT_EQ(post(one, Pay(1, "alice", "poor", 5)), "OK");
  EXPECT_EQ(post(two, Pay(2, "poor", "bob", 4)), "OK");
  // `one` still remembers that the account holds 5.
  EXPECT_EQ(post(one, Pay(3, "poor", "bob", 4)), reason::kInsufficientFunds);
  EXPECT_EQ(post(one, Pay(4, "poor", "bob", 1)), "OK");
  EXPECT_EQ(post(two, Pay(5, "poor", "bob", 1)), reason::kInsufficientFunds);
  EXPECT_EQ(ledger_.rows_caught_up(), 2);
  // alice and poor by one; poor and bob by two; bob by one.
  EXPECT_EQ(ledger_.accounts_loaded(), 5);
  EXPECT_EQ(BalanceOf("poor"), 0);
}

TEST_F(PosterTest, ARewoundLedgerIsNotTrusted) {
  Open("poor", 0);
  const auto poster = MakePoster();
  Submit(poster, Pay(1, "alice", "bob", 1));
  AwaitNames(1);
  Submit(poster, Pay(2, "alice", "poor", 5));
  AwaitNames(2);
  ledger_.Rewind(1);
  Submit(poster, Pay(3, "poor", "bob", 5));
  EXPECT_EQ(AwaitNames(3).back(), reason::kInsufficientFunds);
  Submit(poster, Pay(4, "alice", "bob", 1));
  AwaitNames(4);
  EXPECT_EQ(ledger_.entries().back().transaction.sequence(), 2);
  EXPECT_EQ(ledger_.entries().back().transaction.from_previous(), 1);
}

TEST_F(PosterTest, AHistoryThatWasRewoundAndGrewPastTheMemoryIsNotTrusted) {
  Open("poor", 0);
  const auto one = MakePoster();
  const auto two = MakePoster();
  Submit(one, Pay(1, "alice", "poor", 5));
  AwaitNames(1);
  ledger_.Rewind(0);
  for (int i = 2; i <= 4; ++i) {
    Submit(two, Pay(i, "alice", "bob", 1));
    AwaitNames(static_cast<size_t>(i));
  }
  Submit(one, Pay(5, "poor", "bob", 5));
  EXPECT_EQ(AwaitNames(5).back(), reason::kInsufficientFunds);
}

TEST_F(PosterTest, ANewLimitHoldsForWhatIsPostedAfterIt) {
  const auto poster = MakePoster();
  Submit(poster, Pay(1, "alice", "bob", 5));
  AwaitNames(1);
  AccountChanges changes;
  changes.minimum_balance = -5;
  ASSERT_TRUE(store_->UpdateAccount("alice", changes).ok());
  Submit(poster, Pay(2, "alice", "bob", 1));
  EXPECT_EQ(AwaitNames(2).back(), reason::kInsufficientFunds);
  changes.minimum_balance = std::optional<int64_t>();
  ASSERT_TRUE(store_->UpdateAccount("alice", changes).ok());
  Submit(poster, Pay(3, "alice", "bob", 1));
  EXPECT_EQ(AwaitNames(3).back(), "OK");
}

TEST_F(PosterTest, AUnitIsPostedWholeEvenAboveTheBatchLimit) {
  Poster::Options options;
  options.max_batch_transactions = 2;
  const auto poster = MakePoster(options);
  Submit(poster, Item({Transfer(1, "alice", "bob", 1), Transfer(2, "alice", "bob", 1),
                       Transfer(3, "alice", "bob", 1)}));
  EXPECT_THAT(AwaitNames(3), Each("OK"));
  EXPECT_THAT(batches(), ElementsAre(ElementsAre(1, 2, 3)));
}

TEST_F(PosterTest, AReversalFindsWhatTheLedgerHoldsOfIt) {
  const auto poster = MakePoster();
  Submit(poster, Pay(1, "alice", "bob", 5));
  AwaitNames(1);
  for (int number = 2; number <= 3; ++number) {
    Posting reversal = Transfer(number, "bob", "alice", 5);
    reversal.reverses = IdOf(1);
    PostingItem item = Item({reversal});
    item.chosen_ids = false;
    Submit(poster, std::move(item));
    AwaitNames(static_cast<size_t>(number));
  }
  EXPECT_THAT(AwaitNames(3), ElementsAre("OK", "OK", reason::kAlreadyReversed));
  EXPECT_EQ(BalanceOf("bob"), 0);
}

TEST_F(PosterTest, EachBatchIsReportedOnceWithWhatItPosted) {
  std::vector<int64_t> reported;
  Poster::Options options;
  options.on_batch = [&reported](const Poster::BatchTiming& timing) {
    reported.push_back(timing.transactions);
  };
  const auto poster = MakePoster(options);
  Submit(poster, Item({Transfer(1, "alice", "bob", 1), Transfer(2, "alice", "bob", 1)}));
  AwaitNames(2);
  Submit(poster, Pay(3, "alice", "nobody", 1));
  AwaitNames(3);
  EXPECT_THAT(reported, ElementsAre(2, 0));
}

}  // namespace
}  // namespace ledgercast::testing
