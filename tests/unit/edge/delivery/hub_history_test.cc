// What a hub asks the service of the past, for whom, and when it stops asking.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "edge/delivery/hub.h"
#include "tests/support/edge_hub_fixture.h"

namespace ledgercast::testing {
namespace {

using ::testing::IsEmpty;

TEST_F(HubTest, ABeginningOlderThanTheRingComesFromTheService) {
  for (int i = 0; i < 120; ++i) Post("user1", "user2");
  Build({10, 1 << 20, 5});  // The ring begins at the head.
  const auto watcher = StartWatch(kUser1, Genesis());
  Settle({watcher.get()});
  EXPECT_EQ(watcher->client.sequences.size(), 120u);
  EXPECT_TRUE(watcher->client.live);
  EXPECT_GE(history_.reads, 3);
  EXPECT_EQ(watcher->trouble, "");
  // Each frame is bounded though the service's pages are longer.
  for (const FramePtr& frame : watcher->socket.wire) {
    const auto json = nlohmann::json::parse(frame->text());
    EXPECT_LE(json["data"].value("transactions", nlohmann::json::array()).size(), 4u);
  }
}

TEST_F(HubTest, ThoseThatDoNotReadHoldFewPagesOfTheService) {
  for (int i = 0; i < 120; ++i) Post("user1", "user2");
  Build({10, 1 << 20, 5});
  std::vector<std::unique_ptr<WatchingClient>> stuck;
  for (int i = 0; i < 4 * max_pages_; ++i) stuck.push_back(StartWatch(kUser1, Genesis()));
  Settle({});
  const auto pages_held = std::count_if(stuck.begin(), stuck.end(), [](const auto& watcher) {
    return watcher->watch->page != nullptr;
  });
  EXPECT_LE(pages_held, max_pages_ / 2);
  // Nor do they keep others from theirs.
  const auto quick = StartWatch(kAdmin, Genesis());
  Settle({quick.get()});
  EXPECT_EQ(quick->client.sequences.size(), 120u);
  // And they lose nothing.
  std::vector<WatchingClient*> all;
  for (const auto& watcher : stuck) all.push_back(watcher.get());
  Settle(all);
  for (const WatchingClient* watcher : all) {
    EXPECT_EQ(watcher->client.sequences.size(), 120u);
    EXPECT_EQ(watcher->trouble, "");
  }
}

TEST_F(HubTest, AReaderThatGoesCallsOffWhatIsUnderWayForIt) {
  for (int i = 0; i < 120; ++i) Post("user1", "user2");
  Build({10, 1 << 20, 5});
  const auto asks_page = StartWatch(kUser1, Genesis());
  const auto asks_balance = StartWatch(kUser2, ledger_.PositionAt(50));
  shard_.RunAll();
  ASSERT_EQ(history_.reads, 2);
  hub_->Remove(asks_page->watch);
  EXPECT_EQ(history_.called_off, 1);
  history_.AnswerAll();
  shard_.RunAll();
  ASSERT_EQ(history_.balances, 1);
  hub_->Remove(asks_balance->watch);
  EXPECT_EQ(history_.called_off, 2);
  history_.AnswerAll();
  shard_.RunAll();
  asks_page->Read();
  asks_balance->Read();
  EXPECT_TRUE(asks_page->socket.wire.empty());
  EXPECT_TRUE(asks_balance->socket.wire.empty());
}

TEST_F(HubTest, TheRoomOfACallThatWasCalledOffIsFreeWhenItIsOver) {
  max_pages_ = 2;
  for (int i = 0; i < 120; ++i) Post("user1", "user2");
  Build({10, 1 << 20, 5});
  for (int i = 0; i < 20; ++i) {
    // As one socket does that watches from the beginning again and again.
    const auto hasty = StartWatch(kUser1, Genesis());
    shard_.RunAll();
    hub_->Remove(hasty->watch);
    shard_.RunAll();
  }
  EXPECT_LE(history_.reads, max_pages_);
  EXPECT_EQ(history_.called_off, history_.reads);
  const auto patient = StartWatch(kUser2, Genesis());
  Settle({patient.get()});
  EXPECT_EQ(patient->client.sequences.size(), 120u);
}

TEST_F(HubTest, TheManyReadersOfOneSubjectDoNotKeepAnotherWaiting) {
  max_pages_ = 1;
  for (int i = 0; i < 120; ++i) Post("user1", "user2");
  Build({10, 1 << 20, 5});
  std::vector<std::unique_ptr<WatchingClient>> many;
  for (int i = 0; i < 20; ++i) many.push_back(StartWatch(kUser1, Genesis(), {}, /*owner=*/1));
  shard_.RunAll();
  const auto one = StartWatch(kUser2, Genesis(), {}, /*owner=*/2);
  shard_.RunAll();
  const auto asked_for_it = [this] {
    return std::count(history_.read_accounts.begin(), history_.read_accounts.end(),
                      std::vector<std::string>{"user2"});
  };
  // A page and a balance for each reader.
  for (int answers = 0; answers < 10 && asked_for_it() == 0; ++answers) {
    ASSERT_FALSE(history_.waiting.empty());
    history_.AnswerOne();
    for (int round = 0; round < 20; ++round) {
      shard_.RunAll();
      for (const auto& watcher : many) watcher->Read();
      clock_.now += absl::Milliseconds(20);
      hub_->OnTick(clock_.now);
    }
  }
  EXPECT_EQ(asked_for_it(), 1);
  // The first of the many came before it, and the second had its turn.
  EXPECT_LE(history_.reads, 3);
}

TEST_F(HubTest, AnEdgeThatStopsForgetsItsReadersAndTouchesNoSocket) {
  for (int i = 0; i < 120; ++i) Post("user1", "user2");
  Build({10, 1 << 20, 5});
  auto live = StartWatch(kAdmin, ledger_.head());
  Settle({live.get()});
  auto behind = StartWatch(kUser1, Genesis());
  shard_.RunAll();
  hub_->LetGo();
  live.reset();
  behind.reset();
  Post("user1", "user2");
  Relay();
  history_.AnswerAll();
  shard_.RunAll();
  EXPECT_EQ(counts_.readers_live.value() + counts_.readers_behind.value(), 0);
}

TEST_F(HubTest, HistoryIsAskedAgainWhileTheServiceIsAway) {
  for (int i = 0; i < 20; ++i) Post("user1", "user2");
  Build({10, 1 << 20, 5});
  history_.failure = absl::UnavailableError("away");
  const auto watcher = StartWatch(kUser1, Genesis());
  Settle({watcher.get()});
  EXPECT_THAT(watcher->client.sequences, IsEmpty());
  EXPECT_GE(history_.reads, 2);
  history_.failure = absl::OkStatus();
  clock_.now += absl::Seconds(3);
  Settle({watcher.get()});
  EXPECT_EQ(watcher->client.sequences.size(), 20u);
}

}  // namespace
}  // namespace ledgercast::testing
