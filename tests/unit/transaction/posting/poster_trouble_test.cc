// The poster when the database is away, fails, or leaves a commit in doubt.

#include <algorithm>

#include "services/common/base/proto_time.h"
#include "tests/support/poster_fixture.h"

namespace ledgercast::testing {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(PosterTest, ADatabaseThatIsAwayIsUnavailableAndLeavesNoTrace) {
  ledger_.SetAway(true);
  const auto poster = MakePoster();
  Submit(poster, Pay(1, "alice", "bob", 1));
  const auto answers = answers_.Await(1);
  EXPECT_TRUE(absl::IsUnavailable(answers[0].outcome.status()));
  EXPECT_EQ(NameOf(answers[0].outcome), reason::kDatabaseUnavailable);
  ledger_.SetAway(false);
  Submit(poster, Pay(1, "alice", "bob", 1));
  EXPECT_EQ(AwaitNames(2).back(), "OK");
}

TEST_F(PosterTest, AConnectionThatDiedWhileIdleIsReplacedUnnoticed) {
  const auto poster = MakePoster();
  Submit(poster, Pay(1, "alice", "bob", 1));
  AwaitNames(1);
  ledger_.FailFences(1);
  Submit(poster, Pay(2, "alice", "bob", 1));
  EXPECT_THAT(AwaitNames(2), Each("OK"));
  EXPECT_EQ(ledger_.connections(), 2);
  EXPECT_EQ(ledger_.entries().back().transaction.from_previous(), 1);
}

TEST_F(PosterTest, AConnectionIsNotAskedForMoreThanTwiceABatch) {
  const auto poster = MakePoster();
  Submit(poster, Pay(1, "alice", "bob", 1));
  AwaitNames(1);
  ledger_.FailFences(2);
  Submit(poster, Pay(2, "alice", "bob", 1));
  EXPECT_EQ(AwaitNames(2).back(), reason::kDatabaseUnavailable);
  EXPECT_EQ(ledger_.connections(), 2);
}

TEST_F(PosterTest, AFailedWriteLeavesTheMemoryAsTheLedgerIs) {
  Open("poor", 0);
  const auto poster = MakePoster();
  ledger_.FailWrites(1);
  Submit(poster, Pay(1, "alice", "poor", 5));
  EXPECT_EQ(AwaitNames(1).back(), reason::kDatabaseUnavailable);
  EXPECT_THAT(batches(), IsEmpty());
  Submit(poster, Pay(2, "poor", "bob", 5));
  EXPECT_EQ(AwaitNames(2).back(), reason::kInsufficientFunds);
}

TEST_F(PosterTest, AWriteThatMetAConflictIsTriedAgain) {
  const auto poster = MakePoster();
  ledger_.FailWrites(1, absl::StatusCode::kAborted);
  Submit(poster, Pay(1, "alice", "bob", 5));
  EXPECT_THAT(AwaitNames(1), ElementsAre("OK"));
  EXPECT_THAT(ledger_.entries(), SizeIs(1));
}

TEST_F(PosterTest, AWriteThatCannotWorkIsAnErrorAtOnce) {
  const auto poster = MakePoster();
  ledger_.FailWrites(1, absl::StatusCode::kInternal);
  Submit(poster, Pay(1, "alice", "bob", 5));
  EXPECT_TRUE(absl::IsInternal(answers_.Await(1)[0].outcome.status()));
  Submit(poster, Pay(1, "alice", "bob", 5));
  EXPECT_EQ(AwaitNames(2).back(), "OK");
}

class DoubtTest : public PosterTest, public ::testing::WithParamInterface<bool> {};

TEST_P(DoubtTest, ACommitInDoubtSettlesToExactlyOnePosting) {
  const auto poster = MakePoster();
  ledger_.DoubtCommits(1, GetParam());
  Submit(poster, Pay(1, "alice", "bob", 5));
  const auto answers = answers_.Await(1);
  ASSERT_TRUE(answers[0].outcome.ok()) << answers[0].outcome.status();
  EXPECT_EQ(answers[0].outcome->transaction.sequence(), 1);
  ASSERT_THAT(ledger_.entries(), SizeIs(1));
  EXPECT_EQ(answers[0].outcome->transaction.hash(), ledger_.entries()[0].transaction.hash());
  // It was this request that posted it; only the next one is a repeat.
  EXPECT_FALSE(answers[0].outcome->replayed);
  Submit(poster, Pay(1, "alice", "bob", 5));
  EXPECT_TRUE(answers_.Await(2)[1].outcome->replayed);
}

TEST_P(DoubtTest, ACommitInDoubtSettlesForIdsThatTheServiceMade) {
  const auto poster = MakePoster();
  ledger_.DoubtCommits(1, GetParam());
  PostingItem item = Pay(1, "alice", "bob", 5);
  item.chosen_ids = false;
  Submit(poster, std::move(item));
  EXPECT_TRUE(answers_.Await(1)[0].outcome.ok());
  EXPECT_THAT(ledger_.entries(), SizeIs(1));
}

TEST_P(DoubtTest, SettlingOutlastsADatabaseThatIsAwayForAWhile) {
  const auto poster = MakePoster();
  ledger_.DoubtCommits(1, GetParam());
  ledger_.CloseGate();
  Submit(poster, Pay(1, "alice", "bob", 5));
  ledger_.AwaitSomeoneAtGate();
  ledger_.RefuseConnections(2);
  ledger_.OpenGate();
  EXPECT_TRUE(answers_.Await(1)[0].outcome.ok());
  EXPECT_THAT(ledger_.entries(), SizeIs(1));
  EXPECT_EQ(ledger_.connections(), 4);
}

TEST_P(DoubtTest, ACallerLearnsOfDoubtThatLastsTooLongAndMayAskAgain) {
  Poster::Options options;
  options.settle_timeout = absl::ZeroDuration();
  const auto poster = MakePoster(options);
  ledger_.DoubtCommits(1, GetParam());
  Submit(poster, Pay(1, "alice", "bob", 5));
  const auto answers = answers_.Await(1);
  EXPECT_TRUE(absl::IsUnavailable(answers[0].outcome.status()));
  EXPECT_EQ(NameOf(answers[0].outcome), reason::kDatabaseUnavailable);
  Submit(poster, Pay(1, "alice", "bob", 5));
  EXPECT_EQ(AwaitNames(2).back(), GetParam() ? "REPLAYED" : "OK");
  EXPECT_THAT(ledger_.entries(), SizeIs(1));
}

TEST_P(DoubtTest, AUnitInDoubtSettlesWhole) {
  const auto poster = MakePoster();
  ledger_.DoubtCommits(1, GetParam());
  Submit(poster, Item({Transfer(1, "alice", "bob", 5), Transfer(2, "bob", "carol", 5)}));
  EXPECT_THAT(AwaitNames(2), Each("OK"));
  EXPECT_THAT(ledger_.entries(), SizeIs(2));
}

TEST_P(DoubtTest, WhatWasQueuedBehindACommitInDoubtIsPostedAfterIt) {
  const auto poster = MakePoster();
  ledger_.CloseGate();
  ledger_.DoubtCommits(1, GetParam());
  Submit(poster, Pay(1, "alice", "bob", 5));
  ledger_.AwaitSomeoneAtGate();
  Submit(poster, Pay(2, "bob", "carol", 5));
  ledger_.OpenGate();
  const auto answers = answers_.Await(2);
  EXPECT_EQ(answers[0].outcome->transaction.sequence(), 1);
  EXPECT_EQ(answers[1].outcome->transaction.sequence(), 2);
  EXPECT_EQ(answers[1].outcome->transaction.from_previous(), 1);
}

INSTANTIATE_TEST_SUITE_P(Commit, DoubtTest, ::testing::Bool(),
                         [](const auto& param) { return param.param ? "Made" : "Lost"; });

TEST_F(PosterTest, StoppingWhileInDoubtRefusesRatherThanWaits) {
  auto poster = MakePoster();
  ledger_.CloseGate();
  ledger_.DoubtCommits(1, true);
  Submit(poster, Pay(1, "alice", "bob", 5));
  ledger_.AwaitSomeoneAtGate();
  ledger_.RefuseConnections(1'000'000);
  ledger_.OpenGate();
  poster.reset();
  EXPECT_THAT(AwaitNames(1), ElementsAre(reason::kShuttingDown));
}

TEST_F(PosterTest, WhatTheDatabaseRefusesFailsNoStrangersItem) {
  const std::string bad[] = {IdOf(3), IdOf(8)};
  ledger_.RefuseWrites([&bad](const LedgerEntry& entry) {
    return entry.transaction.id() == bad[0] || entry.transaction.id() == bad[1];
  });
  const auto poster = PostOneAndABatchOfTen();
  std::vector<std::string> names;
  for (const auto& answer : answers_.Await(11)) {
    const bool is_bad = answer.id == bad[0] || answer.id == bad[1];
    EXPECT_EQ(absl::IsInternal(answer.outcome.status()), is_bad) << answer.id;
    EXPECT_EQ(answer.outcome.ok(), !is_bad) << answer.id;
    names.push_back(answer.id);
  }
  EXPECT_EQ(ledger_.entries().size(), 9u);
  // In the order of the queue.
  EXPECT_TRUE(std::is_sorted(names.begin() + 1, names.end()));
  Submit(poster, Pay(11, "alice", "bob", 1));
  EXPECT_EQ(AwaitNames(12).back(), "OK");
}

TEST_F(PosterTest, AFailureThatIsNoItemsFaultIsNotTriedItemByItem) {
  ledger_.FailWrites(100, absl::StatusCode::kInternal);
  const auto poster = PostOneAndABatchOfTen();
  for (const auto& answer : answers_.Await(11)) {
    EXPECT_TRUE(absl::IsInternal(answer.outcome.status())) << answer.outcome.status();
  }
  EXPECT_EQ(ledger_.connections(), 2);
}

TEST_F(PosterTest, DoubtThatEndedWithADistrustedClockGivesTheNextDoubtItsWholeTime) {
  Poster::Options options;
  options.settle_timeout = absl::Seconds(10);
  const auto poster = MakePoster(options);
  ledger_.DoubtCommits(1, /*committed=*/false);
  ledger_.CloseGate();
  Submit(poster, Pay(1, "alice", "bob", 1));
  ledger_.AwaitSomeoneAtGate();
  const absl::Time wrong = clock_.Now() + absl::Hours(1);
  ledger_.SetClock([wrong] { return wrong; });
  ledger_.OpenGate();
  EXPECT_EQ(AwaitNames(1).back(), reason::kClockSkew);
  ledger_.SetClock([this] { return clock_.Now(); });
  // Longer than a doubt may last.
  steady_.Advance(absl::Seconds(11));
  ledger_.DoubtCommits(1, /*committed=*/true);
  Submit(poster, Pay(2, "alice", "bob", 1));
  EXPECT_EQ(AwaitNames(2).back(), "OK");
}

TEST_F(PosterTest, AnotherCallersPostingUnderAnIdInDoubtIsAReplay) {
  ledger_.DoubtCommits(1, /*committed=*/false);
  ledger_.CloseGate();
  const auto poster = MakePoster();
  Submit(poster, Pay(1, "alice", "bob", 5));
  ledger_.AwaitSomeoneAtGate();
  // Never at the same time: then the two would be the same transaction.
  clock_.Advance(absl::Seconds(1));
  const auto other = MakePoster();
  Submit(other, Pay(1, "alice", "bob", 5));
  ledger_.OpenGate();
  EXPECT_THAT(AwaitNames(2), ::testing::UnorderedElementsAre("OK", "REPLAYED"));
  EXPECT_THAT(ledger_.entries(), SizeIs(1));
}

TEST_F(PosterTest, TransactionsAreStampedByTheDatabasesClock) {
  const absl::Time theirs = clock_.Now() + absl::Seconds(3);
  ledger_.SetClock([theirs] { return theirs; });
  const auto poster = MakePoster();
  Submit(poster, Pay(1, "alice", "bob", 1));
  const auto answers = answers_.Await(1);
  ASSERT_TRUE(answers[0].outcome.ok());
  EXPECT_EQ(FromProto(answers[0].outcome->transaction.create_time()), theirs);
}

TEST_F(PosterTest, NothingIsPostedWhileAClockIsWrong) {
  const auto poster = MakePoster();
  int number = 0;
  for (const absl::Duration skew : {absl::Hours(24 * 3650), -absl::Seconds(6)}) {
    clock_.Advance(skew);
    ledger_.SetClock([this, skew] { return clock_.Now() - skew; });
    Submit(poster, Pay(++number, "alice", "bob", 1));
    EXPECT_EQ(AwaitNames(static_cast<size_t>(number)).back(), reason::kClockSkew);
    clock_.Advance(-skew);
  }
  ledger_.SetClock([this] { return clock_.Now(); });
  Submit(poster, Pay(++number, "alice", "bob", 1));
  EXPECT_EQ(AwaitNames(static_cast<size_t>(number)).back(), "OK");
  // The ledger's newest transaction is ahead of both clocks now.
  clock_.Advance(-absl::Minutes(1));
  Submit(poster, Pay(++number, "alice", "bob", 1));
  EXPECT_EQ(AwaitNames(static_cast<size_t>(number)).back(), reason::kClockSkew);
  EXPECT_THAT(ledger_.entries(), SizeIs(1));
  EXPECT_EQ(ledger_.connections(), 1);
}

TEST_F(PosterTest, AnotherLedgerThanItsOwnIsNotPostedTo) {
  Poster::Options options;
  options.ledger = "fedcba9876543210";
  const auto poster = MakePoster(options);
  Submit(poster, Pay(1, "alice", "bob", 1));
  EXPECT_EQ(AwaitNames(1).back(), reason::kDatabaseUnavailable);
  EXPECT_THAT(ledger_.entries(), IsEmpty());
}

TEST_F(PosterTest, TellsForHowLongItDidNotGetTheLedgersLock) {
  const auto poster = MakePoster();
  EXPECT_EQ(poster->counters().blocked, absl::ZeroDuration());
  ledger_.FailFences(2);
  Submit(poster, Pay(1, "alice", "bob", 1));
  AwaitNames(1);
  steady_.Advance(absl::Seconds(7));
  EXPECT_EQ(poster->counters().blocked, absl::Seconds(7));
  // One batch each, of which the first fails, too.
  Submit(poster, Pay(2, "alice", "bob", 1));
  AwaitNames(2);
  Submit(poster, Pay(3, "alice", "bob", 1));
  AwaitNames(3);
  EXPECT_EQ(poster->counters().blocked, absl::ZeroDuration());
}

}  // namespace
}  // namespace ledgercast::testing
