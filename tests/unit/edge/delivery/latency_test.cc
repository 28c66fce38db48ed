// What the metrics say of delays: from commit to write and to acknowledgement, and how far
// readers are behind.

#include <gtest/gtest.h>

#include "edge/metrics/histogram.h"
#include "tests/support/edge_hub_fixture.h"
#include "tests/support/edge_session_fixture.h"

namespace ledgercast::testing {
namespace {

int64_t CountOf(const OwnedHistogram& histogram) {
  int64_t count = 0;
  for (size_t i = 0; i < OwnedHistogram::kBuckets; ++i) count += histogram.count(i);
  return count;
}

TEST(OwnedHistogramTest, CountsByInclusiveUpperBounds) {
  OwnedHistogram histogram;
  histogram.Add(absl::Milliseconds(1), 1);
  histogram.Add(absl::Microseconds(1'001), 2);
  histogram.Add(absl::Seconds(10), 3);
  histogram.Add(absl::Seconds(11), 4);
  histogram.Add(absl::Seconds(-5), 5);
  EXPECT_EQ(histogram.count(0), 6);
  EXPECT_EQ(histogram.count(1), 2);
  EXPECT_EQ(histogram.count(OwnedHistogram::kBuckets - 2), 3);
  EXPECT_EQ(histogram.count(OwnedHistogram::kBuckets - 1), 4);
  EXPECT_NEAR(histogram.sum_seconds(), 0.001 + 2 * 0.001001 + 30 + 44, 1e-9);
}

class LatencyTest : public HubTest {};

TEST_F(LatencyTest, EachLiveDeliveryIsCounted) {
  const Viewer admin{{"admin"}, true};
  const auto first = StartWatch(admin, ledger_.head());
  const auto second = StartWatch(admin, ledger_.head());
  const auto stranger = StartWatch({{"user3"}, false}, ledger_.head());
  Settle({first.get(), second.get(), stranger.get()});
  Post("user1", "user2");
  Post("user1", "user2");
  Relay();
  Settle({first.get(), second.get(), stranger.get()});
  EXPECT_EQ(CountOf(counts_.commit_to_write), 4);
}

TEST_F(LatencyTest, ReadersAreCountedByHowFarTheyAreBehind) {
  const Viewer admin{{"admin"}, true};
  const auto quick = StartWatch(admin, ledger_.head());
  const auto slow = StartWatch(admin, ledger_.head());
  Settle({quick.get(), slow.get()});
  for (int i = 0; i < 12; ++i) {
    Post("user1", "user2");
    Relay();
    Settle({quick.get()});
  }
  clock_.now += absl::Seconds(1);
  hub_->OnTick(clock_.now);
  EXPECT_EQ(counts_.readers_by_lag[0].value(), 1);
  // Behind by 11 or 12: what it was sent before it hung counts as sent.
  EXPECT_EQ(counts_.readers_by_lag[2].value(), 1);
}

TEST_F(SessionTest, AnAckTellsHowLongItsTransactionTook) {
  OpenAs("user1");
  ledger_.Add("user1", "user2");
  Relay();
  const auto acknowledge = [this](const std::string& cursor) {
    Send({{"state", "ack"}, {"data", {{"cursor", cursor}}}});
  };
  // Cursors before the first transaction, of another ledger, and of nothing tell no time.
  acknowledge(CursorAt(0));
  acknowledge("fedcba9876543210.0000000000000000.1");
  acknowledge("");
  EXPECT_EQ(CountOf(counts_.commit_to_ack), 0);
  acknowledge(CursorAt(1));
  EXPECT_EQ(CountOf(counts_.commit_to_ack), 1);
  EXPECT_EQ(counts_.acks.value(), 4);
  EXPECT_FALSE(socket_.close_code.has_value());
}

}  // namespace
}  // namespace ledgercast::testing
