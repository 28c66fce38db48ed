// How often readers are told how far the ledger is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "edge/net/keep_alive.h"
#include "tests/support/edge_hub_fixture.h"

namespace ledgercast::testing {
namespace {

class ProgressTest : public HubTest {
 protected:
  // Returns at which seconds from now on `watcher` is sent a frame.
  std::vector<int> SecondsOfFrames(WatchingClient* watcher, int seconds) {
    std::vector<int> at;
    for (int second = 1; second <= seconds; ++second) {
      clock_.now += absl::Seconds(1);
      hub_->OnTick(clock_.now);
      shard_.RunAll();
      if (!watcher->socket.Take().empty()) at.push_back(second);
    }
    return at;
  }
};

TEST_F(ProgressTest, AQuietLedgerIsToldOnceAndThenEvery25SecondsWithAPing) {
  const auto watcher = StartWatch(kUser1, Genesis());
  Settle({watcher.get()});
  EXPECT_THAT(SecondsOfFrames(watcher.get(), 60), ::testing::ElementsAre(5, 30, 55));
  EXPECT_EQ(watcher->socket.pings, 2) << "not with the first";
}

TEST_F(ProgressTest, AMovingLedgerIsToldEvery5Seconds) {
  const auto watcher = StartWatch(kUser1, Genesis());
  Settle({watcher.get()});
  EXPECT_THAT(SecondsOfFrames(watcher.get(), 10), ::testing::ElementsAre(5));
  for (int i = 0; i < 3; ++i) {
    // Not the watcher's, who was told 5 s ago.
    Post("user2", "user3");
    Relay();
    shard_.RunAll();
    EXPECT_THAT(SecondsOfFrames(watcher.get(), 5), ::testing::ElementsAre(1));
  }
  EXPECT_EQ(watcher->socket.pings, 0);
}

TEST_F(ProgressTest, WhoAsksToBeToldOftenIsAndNobodyElse) {
  const auto often = std::make_unique<WatchingClient>();
  often->watch = std::make_shared<Watch>(
      1, kUser1, *EffectiveFilter(kUser1, {}),
      Backoff(absl::Milliseconds(10), absl::Seconds(1), [] { return 1.0; }));
  often->watch->socket = &often->socket;
  often->watch->position = Genesis();
  often->watch->told_often = true;
  hub_->Add(often->watch);
  const auto other = StartWatch(kUser1, Genesis());
  Settle({often.get(), other.get()});
  EXPECT_THAT(SecondsOfFrames(often.get(), 15), ::testing::ElementsAre(5, 10, 15));
  EXPECT_EQ(other->socket.Take().size(), 1);
}

TEST_F(ProgressTest, AQuietReaderDoesNotHoldUpThoseWhoWaitForLess) {
  const auto first = StartWatch(kUser1, Genesis());
  Settle({first.get()});
  EXPECT_THAT(SecondsOfFrames(first.get(), 6), ::testing::ElementsAre(5));
  const auto second = StartWatch(kUser2, Genesis());
  Settle({second.get()});
  EXPECT_THAT(SecondsOfFrames(second.get(), 10), ::testing::ElementsAre(5));
}

class KeepAliveTest : public ::testing::Test {
 protected:
  void Pass(absl::Duration time) {
    now_ += time;
    timers_.RunDue(now_);
  }

  static inline absl::Time now_;
  Timers timers_;
  int pings_ = 0;
  int given_up_ = 0;
  KeepAlive keep_alive_{{absl::Seconds(28), 2, [] { return now_; }},
                        &timers_,
                        [this] { ++pings_; },
                        [this] { ++given_up_; }};
};

TEST_F(KeepAliveTest, APeerThatAnswersNoPingIsGivenUp) {
  Pass(absl::Seconds(28));
  EXPECT_EQ(pings_, 1);
  Pass(absl::Seconds(25));
  EXPECT_TRUE(keep_alive_.PingsAlong());
  Pass(absl::Seconds(25));
  EXPECT_FALSE(keep_alive_.PingsAlong()) << "two were not answered";
  EXPECT_EQ(given_up_, 0) << "it has the time of an interval for the last";
  Pass(absl::Seconds(3));
  EXPECT_EQ(given_up_, 1);
}

TEST_F(KeepAliveTest, APingThatGoesAlongIsThisIntervals) {
  Pass(absl::Seconds(25));
  EXPECT_TRUE(keep_alive_.PingsAlong());
  keep_alive_.OnSign();
  Pass(absl::Seconds(27));
  EXPECT_EQ(pings_, 0);
  Pass(absl::Seconds(1));
  EXPECT_EQ(pings_, 1);
}

}  // namespace
}  // namespace ledgercast::testing
