#include "edge/net/timers.h"

#include <gtest/gtest.h>

#include <vector>

namespace ledgercast {
namespace {

constexpr absl::Time kStart = absl::UnixEpoch();

TEST(TimersTest, RunWhatIsDueInTheOrderOfItsTimes) {
  Timers timers;
  std::vector<int> ran;
  timers.Set(kStart + absl::Seconds(2), [&ran] { ran.push_back(2); });
  const Timers::Id cancelled = timers.Set(kStart, [&ran] { ran.push_back(0); });
  timers.Set(kStart + absl::Seconds(1), [&ran] { ran.push_back(1); });
  timers.Set(kStart + absl::Seconds(9), [&ran] { ran.push_back(9); });
  timers.Cancel(cancelled);
  timers.RunDue(kStart + absl::Seconds(2));
  EXPECT_EQ(ran, (std::vector<int>{1, 2}));
}

TEST(TimersTest, AnActionMaySetATimerThatIsDueAtOnce) {
  Timers timers;
  int ran = 0;
  timers.Set(kStart, [&] { timers.Set(kStart, [&ran] { ++ran; }); });
  timers.RunDue(kStart);
  EXPECT_EQ(ran, 1);
}

TEST(TimersDeathTest, AClockThatStepsBackEndsTheProgram) {
  Timers timers;
  timers.RunDue(kStart);
  EXPECT_DEATH(timers.RunDue(kStart - absl::Nanoseconds(1)), "");
}

}  // namespace
}  // namespace ledgercast
