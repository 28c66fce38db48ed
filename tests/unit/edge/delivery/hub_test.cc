#include "edge/delivery/hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/edge_hub_fixture.h"

namespace ledgercast::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(HubTest, AWatchFromNowIsLiveAtOnceAndGetsWhatComes) {
  Post("user1", "user2");
  Relay();
  const auto watcher = StartWatch(kUser1, ledger_.head());
  Settle({watcher.get()});
  EXPECT_TRUE(watcher->client.live);
  EXPECT_EQ(watcher->client.balances["user1"], "-1");
  Post("user2", "user1");
  Relay();
  shard_.RunAll();
  watcher->Read();
  EXPECT_THAT(watcher->client.sequences, ElementsAre(2));
  EXPECT_EQ(watcher->trouble, "");
}

TEST_F(HubTest, AWatchFromTheBeginningGetsAllOfItInPages) {
  for (int i = 0; i < 11; ++i) Post("user1", "user2");
  Relay();
  const auto watcher = StartWatch(kAdmin, Genesis());
  Settle({watcher.get()});
  EXPECT_EQ(watcher->client.sequences, ledger_.SequencesAfter(0, AccountFilter::All()));
  EXPECT_TRUE(watcher->client.live);
  EXPECT_EQ(watcher->trouble, "");
  EXPECT_EQ(history_.reads, 0);
}

TEST_F(HubTest, AdminsWhoComeBackFromAnywhereSoonShareTheirFrames) {
  for (int i = 0; i < 11; ++i) Post("user1", "user2");
  Relay();
  const auto one = StartWatch(kAdmin, Genesis());
  const auto two = StartWatch(kAdmin, ledger_.PositionAt(2));
  const auto member = StartWatch(kUser1, ledger_.PositionAt(2));
  Settle({one.get(), two.get(), member.get()});
  const auto last = [](const WatchingClient& watcher, size_t n) {
    return watcher.socket.wire.at(watcher.socket.wire.size() - n);
  };
  EXPECT_EQ(last(*one, 1), last(*two, 1));
  EXPECT_EQ(last(*one, 2), last(*two, 2));
  EXPECT_NE(last(*one, 3), last(*two, 3)) << "where they began is not the same";
  EXPECT_NE(last(*two, 1), last(*member, 1)) << "a member is not shown what an admin is";
  EXPECT_EQ(one->client.sequences, ledger_.SequencesAfter(0, AccountFilter::All()));
  EXPECT_EQ(two->client.sequences, ledger_.SequencesAfter(2, AccountFilter::All()));
}

TEST_F(HubTest, WatchingAnswersTheRequestBeforeAnythingElse) {
  const auto watcher = StartWatch(kUser1, Genesis());
  shard_.RunAll();
  history_.AnswerAll();
  shard_.RunAll();
  const auto frames = watcher->socket.Take();
  ASSERT_FALSE(frames.empty());
  EXPECT_EQ(frames[0]["state"], "watching");
  EXPECT_EQ(frames[0]["id"], "w");
  // No such account yet.
  EXPECT_TRUE(frames[0]["data"]["balances"].empty());
}

TEST_F(HubTest, MembersSeeTheirOwnRowsOnlyAndAdminsAll) {
  const auto admin = StartWatch(kAdmin, Genesis());
  const auto user1 = StartWatch(kUser1, Genesis());
  const auto user2 = StartWatch(kUser2, Genesis());
  const auto chosen = StartWatch(kAdmin, Genesis(), {"user2", "user3"});
  const std::vector<WatchingClient*> all = {admin.get(), user1.get(), user2.get(), chosen.get()};
  Settle(all);
  Post("user1", "user2");
  Post("user2", "user3");
  Post("user4", "user5");
  Relay();
  Settle(all);
  EXPECT_THAT(admin->client.sequences, ElementsAre(1, 2, 3));
  EXPECT_THAT(user1->client.sequences, ElementsAre(1));
  EXPECT_THAT(user2->client.sequences, ElementsAre(1, 2));
  EXPECT_THAT(chosen->client.sequences, ElementsAre(1, 2));
}

TEST_F(HubTest, AMemberOfSeveralAccountsSeesEachRowOnceAndAllItsBalances) {
  for (const char* to : {"user2", "user3", "user4", "user2"}) Post("user1", to);
  Build({3, 1 << 20, 1});
  const Viewer both{{"user1", "user2", "user5"}};
  const auto from_genesis = StartWatch(both, Genesis());
  const auto from_head = StartWatch(both, ledger_.head());
  const auto one_of_them = StartWatch(both, ledger_.head(), {"user2"});
  const std::vector<WatchingClient*> all = {from_genesis.get(), from_head.get(), one_of_them.get()};
  Settle(all);
  EXPECT_EQ(from_genesis->client.balances, nlohmann::json::object());
  EXPECT_EQ(from_head->client.balances, (nlohmann::json{{"user1", "-4"}, {"user2", "2"}}));
  Post("user3", "user4");
  Post("user1", "user2");
  Relay();
  Settle(all);
  EXPECT_THAT(from_genesis->client.sequences, ElementsAre(1, 2, 3, 4, 6));
  EXPECT_THAT(from_head->client.sequences, ElementsAre(6));
  EXPECT_THAT(one_of_them->client.sequences, ElementsAre(6));
}

TEST_F(HubTest, OneFrameIsSharedByAllSocketsOfAGroup) {
  const auto one = StartWatch(kUser1, Genesis());
  const auto two = StartWatch(kUser1, Genesis());
  Settle({one.get(), two.get()});
  Post("user1", "user2");
  Relay();
  Settle({one.get(), two.get()});
  ASSERT_FALSE(one->socket.wire.empty());
  EXPECT_EQ(one->socket.wire.back(), two->socket.wire.back());
}

TEST_F(HubTest, ASocketThatDoesNotReadIsGivenNothingMoreAndLosesNothing) {
  const auto slow = StartWatch(kAdmin, Genesis());
  const auto quick = StartWatch(kAdmin, Genesis());
  Settle({slow.get(), quick.get()});
  for (int i = 0; i < 50; ++i) {
    Post("user1", "user2");
    Relay();
    Settle({quick.get()});
    ASSERT_LE(slow->socket.in_flight.size(), 1u);
  }
  EXPECT_EQ(quick->client.sequences.size(), 50u);
  EXPECT_EQ(counts_.readers_lagged.value(), 1);
  Settle({slow.get(), quick.get()});
  EXPECT_EQ(slow->client.sequences, quick->client.sequences);
  EXPECT_EQ(slow->trouble, "");
  EXPECT_TRUE(slow->client.live);
  EXPECT_EQ(counts_.readers_live.value(), 2);
  EXPECT_EQ(counts_.readers_behind.value(), 0);
}

TEST_F(HubTest, ASocketThatHangsTooLongIsClosed) {
  const auto slow = StartWatch(kAdmin, Genesis());
  Settle({slow.get()});
  for (int i = 0; i < 3; ++i) {
    Post("user1", "user2");
    Relay();
    Settle({});
  }
  EXPECT_FALSE(slow->socket.close_code.has_value());
  clock_.now += absl::Minutes(2);
  hub_->OnTick(clock_.now);
  EXPECT_EQ(slow->socket.close_code, CloseCode::kTooSlow);
}

TEST_F(HubTest, APositionOfAnotherHistoryIsToldToStartAgain) {
  for (int i = 0; i < 5; ++i) Post("user1", "user2");
  Relay();
  shard_.RunAll();
  Position lost = ledger_.PositionAt(3);
  lost.check ^= 1;
  const auto watcher = StartWatch(kUser1, lost);
  bool told = false;
  watcher->watch->on_lost = [&told] { told = true; };
  shard_.RunAll();
  const auto frames = watcher->socket.Take();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0]["state"], "resync");
  EXPECT_EQ(frames[0]["id"], "w");
  EXPECT_EQ(frames[0]["data"]["reason"], "CURSOR_UNKNOWN");
  EXPECT_EQ(frames[0]["data"]["head"], feed_->CursorText(ledger_.head()));
  EXPECT_TRUE(told);
}

TEST_F(HubTest, APositionBeyondTheServicesHeadIsToldToStartAgain) {
  const auto watcher = StartWatch(kUser1, {99, 1});
  Settle({watcher.get()});
  EXPECT_TRUE(watcher->client.resynced);
}

TEST_F(HubTest, APositionThatOnlyTheServiceHasIsWaitedFor) {
  for (int i = 0; i < 5; ++i) Post("user1", "user2");
  // The edge has not heard of them yet.
  const auto watcher = StartWatch(kUser1, ledger_.head());
  Settle({watcher.get()});
  EXPECT_EQ(watcher->client.position, 5);
  EXPECT_FALSE(watcher->client.live);
  Post("user1", "user2");
  Relay();
  Settle({watcher.get()});
  EXPECT_THAT(watcher->client.sequences, ElementsAre(6));
  EXPECT_TRUE(watcher->client.live);
  EXPECT_EQ(watcher->trouble, "");
}

TEST_F(HubTest, IdleWatchesAreToldHowFarTheLedgerIs) {
  const auto watcher = StartWatch(kUser1, Genesis());
  Settle({watcher.get()});
  Post("user2", "user3");
  Relay();
  Settle({watcher.get()});
  EXPECT_EQ(watcher->client.position, 0);
  clock_.now += absl::Seconds(5);
  hub_->OnTick(clock_.now);
  watcher->Read();
  EXPECT_EQ(watcher->client.position, 1);
  EXPECT_EQ(watcher->trouble, "");
}

TEST_F(HubTest, AnotherHistoryEndsAllWatches) {
  const auto live = StartWatch(kUser1, Genesis());
  Settle({live.get()});
  const auto behind = StartWatch(kUser2, Genesis());
  source_.Replace(
      std::make_shared<Feed>("fedcba9876543210", Position{7, 7}, TransactionLog::Options()));
  hub_->OnGrowth();
  Settle({live.get(), behind.get()});
  EXPECT_TRUE(live->client.resynced);
  EXPECT_TRUE(behind->client.resynced);
  EXPECT_EQ(hub_->feed()->ledger, "fedcba9876543210");
  EXPECT_EQ(counts_.readers_live.value() + counts_.readers_behind.value(), 0);
}

TEST_F(HubTest, NothingIsSentToAWatchThatEnded) {
  const auto live = StartWatch(kUser1, Genesis());
  Settle({live.get()});
  hub_->Remove(live->watch);
  Post("user1", "user2");
  Relay();
  const auto asking = StartWatch(kUser2, Genesis());
  shard_.RunAll();
  hub_->Remove(asking->watch);
  Settle({live.get(), asking.get()});
  EXPECT_THAT(live->client.sequences, IsEmpty());
  EXPECT_THAT(asking->client.sequences, IsEmpty());
}

}  // namespace
}  // namespace ledgercast::testing
