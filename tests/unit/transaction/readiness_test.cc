#include "services/transaction/readiness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kMaxLag = absl::Seconds(10);

std::string WhyNot(Phase phase, const TailView& tail) {
  const absl::Status status = CheckReady(phase, tail, kMaxLag);
  if (status.ok()) return "";
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  return GetErrorInfo(status).reason() + ": " + std::string(MessageOf(status));
}

TEST(ReadinessTest, AServiceThatFollowsItsLedgerIsReady) {
  EXPECT_EQ(WhyNot(Phase::kServing, {absl::OkStatus(), absl::ZeroDuration(), 0}), "");
  EXPECT_EQ(WhyNot(Phase::kServing, {absl::OkStatus(), kMaxLag, 1'000}), "");
}

TEST(ReadinessTest, SaysWhyNot) {
  const TailView good{absl::OkStatus(), absl::ZeroDuration(), 0};
  EXPECT_THAT(WhyNot(Phase::kStarting, good), HasSubstr("STARTING: "));
  EXPECT_EQ(WhyNot(Phase::kStarting, {absl::UnavailableError("run migrate"), std::nullopt, 0}),
            "STARTING: waiting for the database: run migrate");
  EXPECT_THAT(WhyNot(Phase::kStopping, good), HasSubstr("SHUTTING_DOWN: "));
  TailView away = good;
  away.database = absl::UnavailableError("connection refused");
  EXPECT_EQ(WhyNot(Phase::kServing, away), "DATABASE_UNAVAILABLE: connection refused");
  TailView broken = good;
  broken.database = absl::InternalError("no such table");
  EXPECT_EQ(WhyNot(Phase::kServing, broken), "DATABASE_UNAVAILABLE: no such table");
  EXPECT_THAT(WhyNot(Phase::kServing, {absl::OkStatus(), std::nullopt, 0}),
              HasSubstr("TAIL_BEHIND: "));
  const std::string late =
      WhyNot(Phase::kServing, {absl::OkStatus(), kMaxLag + absl::Milliseconds(1), 4'711});
  EXPECT_THAT(late, HasSubstr("TAIL_BEHIND: "));
  EXPECT_THAT(late, HasSubstr("10.001s ago, more than 10s; lacked 4711"));
}

TEST(ReadinessTest, AServiceWhoseClockIsWrongIsNotReady) {
  TailView tail{absl::OkStatus(), absl::ZeroDuration(), 0};
  tail.clocks = MakeError(absl::StatusCode::kUnavailable, reason::kClockSkew, "ten years ahead");
  EXPECT_EQ(WhyNot(Phase::kServing, tail), "CLOCK_SKEW: ten years ahead");
}

}  // namespace
}  // namespace ledgercast
