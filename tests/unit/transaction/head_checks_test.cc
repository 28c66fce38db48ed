#include "services/transaction/head_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

Head HeadAt(absl::Time read_time, absl::Time newest = absl::UnixEpoch()) {
  Head head;
  head.sequence = 1;
  head.create_time = newest;
  head.read_time = read_time;
  return head;
}

TEST(ClockSkewTest, IsWhatTheAnswersWayDoesNotExplain) {
  const auto skew = [](absl::Duration database, absl::Duration answer) {
    return ClockSkewOf(HeadAt(kNow + database), kNow, kNow + answer);
  };
  EXPECT_EQ(skew(absl::Seconds(0), absl::Seconds(0)), absl::ZeroDuration());
  EXPECT_EQ(skew(absl::Seconds(3), absl::Seconds(10)), absl::ZeroDuration());
  EXPECT_EQ(skew(-absl::Seconds(2), absl::Seconds(10)), absl::Seconds(2));
  EXPECT_EQ(skew(absl::Seconds(12), absl::Seconds(10)), -absl::Seconds(2));
}

TEST(ClockSkewTest, AClockThatSteppedBackMeanwhileIsNoMoreCertain) {
  EXPECT_EQ(ClockSkewOf(HeadAt(kNow - absl::Minutes(30)), kNow, kNow - absl::Hours(1)),
            absl::ZeroDuration());
}

TEST(ClockSkewTest, UpToTheLimitIsFineAndBeyondItSaysWhichClockIsWrong) {
  const absl::Duration limit = absl::Seconds(5);
  const auto check = [&](absl::Duration own, absl::Duration newest) {
    return CheckClock(HeadAt(kNow, kNow + newest), kNow + own, kNow + own, limit);
  };
  for (const absl::Duration fine : {absl::ZeroDuration(), limit, -limit}) {
    EXPECT_TRUE(check(fine, -absl::Hours(24 * 365)).ok());
    EXPECT_TRUE(check(absl::ZeroDuration(), fine).ok());
  }
  const absl::Duration more = limit + absl::Milliseconds(1);
  for (const auto& [status, words] :
       {std::pair(check(more, absl::ZeroDuration()), "5.001s ahead of the database's"),
        std::pair(check(-more, absl::ZeroDuration()), "5.001s behind the database's"),
        std::pair(check(absl::ZeroDuration(), more), "5.001s after the database's clock")}) {
    EXPECT_TRUE(absl::IsUnavailable(status));
    EXPECT_EQ(GetErrorInfo(status).reason(), reason::kClockSkew);
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(words));
  }
}

TEST(ClockSkewTest, AnEmptyLedgerHasNoTimeThatCouldBeWrong) {
  Head head = HeadAt(kNow, kNow + absl::Hours(1));
  head.sequence = 0;
  EXPECT_TRUE(CheckClock(head, kNow, kNow, absl::Seconds(5)).ok());
}

}  // namespace
}  // namespace ledgercast
