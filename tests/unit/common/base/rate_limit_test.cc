#include "services/common/base/rate_limit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace ledgercast {
namespace {

class TokenBucketTest : public ::testing::Test {
 protected:
  int TakenOf(int tries, const TokenBucket::Limit& limit) {
    int taken = 0;
    for (int i = 0; i < tries; ++i) taken += bucket_.Take(limit, now_);
    return taken;
  }

  TokenBucket bucket_;
  absl::Time now_ = absl::UnixEpoch() - absl::Hours(1);
};

TEST_F(TokenBucketTest, ABurstAtOnceThenTheRate) {
  const auto limit = TokenBucket::Limit::Of(2, 3);
  EXPECT_EQ(TakenOf(10, limit), 3);
  now_ += absl::Milliseconds(499);
  EXPECT_EQ(TakenOf(10, limit), 0);
  now_ += absl::Milliseconds(1);
  EXPECT_EQ(TakenOf(10, limit), 1);
  now_ += absl::Hours(1);
  EXPECT_EQ(TakenOf(10, limit), 3);
}

TEST_F(TokenBucketTest, NoRateIsNoLimit) {
  EXPECT_EQ(TakenOf(1'000, TokenBucket::Limit::Of(0, 0)), 1'000);
}

TEST_F(TokenBucketTest, AClockThatGoesBackGivesNothingAndTakesAwayABurstAtMost) {
  const auto limit = TokenBucket::Limit::Of(10, 10);
  EXPECT_EQ(TakenOf(1, limit), 1);
  now_ -= absl::Hours(24);
  EXPECT_EQ(TakenOf(20, limit), 0);
  now_ += absl::Seconds(1);
  EXPECT_EQ(TakenOf(20, limit), 10);
}

// Against a bucket that counts.
TEST_F(TokenBucketTest, IsABucketThatFillsWithTheRate) {
  std::mt19937 random(3);
  const auto limit = TokenBucket::Limit::Of(4, 6);
  constexpr int64_t kEachMs = 250;
  int64_t full_ms = 6 * kEachMs;
  for (int i = 0; i < 10'000; ++i) {
    const auto pause_ms = static_cast<int64_t>(random() % 400);
    now_ += absl::Milliseconds(pause_ms);
    full_ms = std::min(full_ms + pause_ms, 6 * kEachMs);
    const bool expected = full_ms >= kEachMs;
    if (expected) full_ms -= kEachMs;
    ASSERT_EQ(bucket_.Take(limit, now_), expected) << i;
  }
}

TEST_F(TokenBucketTest, IsAsSmallAsATime) { EXPECT_EQ(sizeof(TokenBucket), sizeof(int64_t)); }

}  // namespace
}  // namespace ledgercast
