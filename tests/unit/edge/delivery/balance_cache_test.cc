#include "edge/delivery/balance_cache.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/support/edge_hub_fixture.h"

namespace ledgercast::testing {
namespace {

using Answer = absl::StatusOr<std::optional<int64_t>>;

class BalanceCacheTest : public HubTest {
 protected:
  void Ask(const std::string& account, int64_t sequence) {
    cache_.Balance(account, CursorAt(sequence), std::make_shared<CallOff>(),
                   [this](Answer answer) { answers_.push_back(std::move(answer)); });
  }
  // The answer to a question that nobody else asks at the time.
  std::optional<int64_t> BalanceAt(const std::string& account, int64_t sequence) {
    Ask(account, sequence);
    history_.AnswerAll();
    const Answer answer = answers_.back();
    EXPECT_TRUE(answer.ok());
    return answer.ok() ? *answer : std::nullopt;
  }
  Cursor CursorAt(int64_t sequence) { return feed_->CursorAt(ledger_.PositionAt(sequence)); }
  void PostAndRelay(const std::string& from, const std::string& to) {
    Post(from, to);
    Relay();
  }

  BalanceCache cache_{{.max_accounts = 12}, &history_, &source_};
  std::vector<Answer> answers_;
};

TEST_F(BalanceCacheTest, WhatWasAnsweredIsNotAskedAgainUntilTheAccountMoves) {
  Post("a", "b");
  Build({});
  EXPECT_EQ(BalanceAt("a", 1), -1);
  for (int i = 0; i < 5; ++i) PostAndRelay("c", "d");
  for (const int sequence : {1, 6, 3}) EXPECT_EQ(BalanceAt("a", sequence), -1);
  EXPECT_EQ(history_.balances, 1);
  PostAndRelay("a", "c");
  EXPECT_EQ(BalanceAt("a", 7), -2);
  EXPECT_EQ(history_.balances, 2);
}

TEST_F(BalanceCacheTest, AWatchThatComesBackAsksNothing) {
  Post("user1", "user2");
  Build({});
  Hub hub({}, &MakeTextFrame, &source_, &cache_, &shard_, {clock_.AsClock(), clock_.AsClock()},
          &counts_);
  hub.OnGrowth();
  for (int i = 0; i < 3; ++i) {
    PostAndRelay("user3", "user4");
    WatchingClient watcher;
    watcher.watch = std::make_shared<Watch>(
        1, Viewer{{"user1"}}, AccountFilter::Of({"user1"}),
        Backoff(absl::Milliseconds(10), absl::Milliseconds(100), [] { return 1.0; }));
    watcher.watch->socket = &watcher.socket;
    watcher.watch->position = feed_->log.head();
    hub.Add(watcher.watch);
    shard_.RunAll();
    history_.AnswerAll();
    shard_.RunAll();
    watcher.Read();
    EXPECT_EQ(watcher.client.balances["user1"], "-1");
    hub.Remove(watcher.watch);
  }
  EXPECT_EQ(history_.balances, 1);
}

TEST_F(BalanceCacheTest, QuestionsForOneAccountAtOnceAreOne) {
  Post("a", "b");
  Build({});
  PostAndRelay("c", "d");
  for (int i = 0; i < 10; ++i) Ask("a", 1 + i % 2);
  Ask("b", 1);
  EXPECT_EQ(history_.balances, 2);
  history_.AnswerAll();
  ASSERT_EQ(answers_.size(), 11u);
  for (size_t i = 0; i < 10; ++i) EXPECT_EQ(**answers_[i], -1);
  EXPECT_EQ(**answers_[10], 1);
  EXPECT_EQ(history_.balances, 2);
}

TEST_F(BalanceCacheTest, AQuestionIsCalledOffWhenNobodyWaitsForItAnyMore) {
  Post("a", "b");
  Build({});
  std::vector<std::shared_ptr<CallOff>> askers;
  for (int i = 0; i < 3; ++i) {
    askers.push_back(std::make_shared<CallOff>());
    cache_.Balance("a", CursorAt(1), askers.back(),
                   [this](Answer answer) { answers_.push_back(std::move(answer)); });
  }
  askers[0]->Cancel();
  askers[1]->Cancel();
  EXPECT_EQ(history_.called_off, 0);
  EXPECT_EQ(answers_.size(), 2u);
  askers[2]->Cancel();
  EXPECT_EQ(history_.called_off, 1);
  EXPECT_EQ(answers_.size(), 3u);
  for (const Answer& answer : answers_) EXPECT_TRUE(absl::IsCancelled(answer.status()));
  // Whoever asks now begins a call that the end of the one before does not answer.
  Ask("a", 1);
  EXPECT_EQ(history_.balances, 2);
  history_.AnswerAll();
  ASSERT_EQ(answers_.size(), 4u);
  EXPECT_EQ(**answers_.back(), -1);
}

TEST_F(BalanceCacheTest, AFailureIsEverybodysAndNotRemembered) {
  Post("a", "b");
  Build({});
  PostAndRelay("c", "d");
  history_.failure = absl::UnavailableError("away");
  Ask("a", 1);
  Ask("a", 2);
  history_.AnswerAll();
  ASSERT_EQ(answers_.size(), 2u);
  for (const Answer& answer : answers_) EXPECT_TRUE(absl::IsUnavailable(answer.status()));
  history_.failure = absl::OkStatus();
  EXPECT_EQ(BalanceAt("a", 1), -1);
}

TEST_F(BalanceCacheTest, AnUnknownCursorIsNotTheOthersFault) {
  Post("a", "b");
  Build({});
  const Cursor lost{LedgerMaker::kLedger, {1, 99}};
  cache_.Balance("a", lost, std::make_shared<CallOff>(),
                 [this](Answer answer) { answers_.push_back(std::move(answer)); });
  Ask("a", 1);
  history_.AnswerAll();
  ASSERT_EQ(answers_.size(), 2u);
  EXPECT_TRUE(absl::IsOutOfRange(answers_[0].status()));
  EXPECT_EQ(**answers_[1], -1);
}

TEST_F(BalanceCacheTest, AnAccountThatIsNotThereIsAskedForAgain) {
  PostAndRelay("a", "b");
  EXPECT_EQ(BalanceAt("new", 1), std::nullopt);
  EXPECT_EQ(BalanceAt("new", 1), std::nullopt);
  EXPECT_EQ(history_.balances, 2);
}

TEST_F(BalanceCacheTest, AQuestionAboutLongAgoForgetsNothing) {
  Post("a", "b");
  Post("a", "b");
  // The ring begins here.
  Build({});
  EXPECT_EQ(BalanceAt("a", 2), -2);
  EXPECT_EQ(BalanceAt("a", 1), -1);
  EXPECT_EQ(BalanceAt("a", 2), -2);
  PostAndRelay("c", "d");
  EXPECT_EQ(BalanceAt("a", 3), -2);
  EXPECT_EQ(history_.balances, 2);
}

TEST_F(BalanceCacheTest, RemembersNoMoreThanItMay) {
  Post("a", "b");
  Build({});
  for (int i = 0; i < 20; ++i) PostAndRelay("x" + std::to_string(i), "y" + std::to_string(i));
  EXPECT_EQ(BalanceAt("a", 1), -1);
  for (int i = 0; i < 12; ++i) BalanceAt("y" + std::to_string(i), 21);
  const int asked = history_.balances;
  EXPECT_EQ(BalanceAt("a", 1), -1);
  EXPECT_EQ(history_.balances, asked + 1);
}

// Any account at any position, while the ledger grows, the ring forgets and the edge begins anew.
TEST_F(BalanceCacheTest, AnswersAlwaysWhatTheLedgerSays) {
  std::mt19937 random(7);
  const auto draw = [&](int below) {
    return static_cast<int>(random() % static_cast<unsigned>(below));
  };
  const auto name = [&] {
    return std::string(1, static_cast<char>('a' + std::min(draw(12), draw(12))));
  };
  std::vector<std::map<std::string, int64_t>> balances(1);
  TransactionLog::Options ring;
  ring.capacity_transactions = 40;
  ring.chunk_transactions = 4;
  int questions = 0;
  Build(ring);
  for (int step = 0; step < 20'000; ++step) {
    const int what = draw(20);
    if (what == 0 && step % 100 == 0) Build(ring);
    if (what < 2) {
      const std::string from = name();
      const std::string to = from + "x";
      Post(from, draw(8) == 0 ? "rare" : to);
      const v1::Transaction& last = ledger_.all().back();
      balances.push_back(balances.back());
      balances.back()[last.from_account()] = last.from_balance();
      balances.back()[last.to_account()] = last.to_balance();
      if (draw(8) != 0) Relay();
    }
    // Runs the tasks of the hub, which the next Build() ends.
    shard_.RunAll();
    const int back =
        std::min<int>(draw(2) == 0 ? draw(60) : draw(4), static_cast<int>(balances.size()) - 1);
    const auto sequence = static_cast<int64_t>(balances.size()) - 1 - back;
    const std::string account = draw(3) == 0 ? "rare" : name();
    const auto& then = balances[static_cast<size_t>(sequence)];
    const auto expected = then.find(account);
    const auto found = BalanceAt(account, sequence);
    ++questions;
    ASSERT_EQ(found, expected == then.end() ? std::nullopt : std::optional(expected->second))
        << account << " at " << sequence << ", step " << step;
  }
  EXPECT_LT(history_.balances, questions * 3 / 4);
}

}  // namespace
}  // namespace ledgercast::testing
