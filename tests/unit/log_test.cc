#include "services/common/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "services/common/log_limiter.h"
#include "services/common/program.h"

namespace ledgercast {
namespace {

using Json = nlohmann::json;

// What `write` logs at level info, as the lines' objects.
template <typename Write>
std::vector<Json> Logged(Write write) {
  testing::internal::CaptureStderr();
  EXPECT_TRUE(SetUpLogging("program", "info").ok());
  write();
  const std::string text = testing::internal::GetCapturedStderr();
  std::vector<Json> lines;
  for (size_t start = 0; start < text.size();) {
    const size_t end = text.find('\n', start);
    lines.push_back(Json::parse(text.substr(start, end - start)));
    start = end + 1;
  }
  return lines;
}

TEST(LogEventTest, AddsFieldsToTheLine) {
  const auto lines = Logged([] {
    LogEvent(spdlog::level::warn, "call",
             {{"method", "Service/Method"},
              {"count", int64_t{3}},
              {"duration_ms", 1.5},
              {"reason", ""}});
  });
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].size(), 7u) << "an empty text is left out";
  EXPECT_EQ(lines[0]["level"], "warning");
  EXPECT_EQ(lines[0]["program"], "program");
  EXPECT_EQ(lines[0]["message"], "call");
  EXPECT_EQ(lines[0]["method"], "Service/Method");
  EXPECT_EQ(lines[0]["count"], 3);
  EXPECT_EQ(lines[0]["duration_ms"], 1.5);
}

TEST(LogEventTest, NothingInAMessageOrAFieldBreaksTheLine) {
  const std::string nasty = "quote \" backslash \\ line\nfeed \r \x01 \xff {\"level\":\"info\"}";
  const auto lines = Logged([&] {
    LogEvent(spdlog::level::info, nasty, {{"field", nasty}});
    spdlog::info("{}", nasty);
    spdlog::info("{}", "\",\"admin\":true,\"x\":\"");
  });
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0]["message"], lines[0]["field"]);
  EXPECT_EQ(lines[0]["message"], lines[1]["message"]);
  EXPECT_EQ(lines[1].size(), 4u);
  EXPECT_EQ(lines[2].size(), 4u);
}

TEST(LogEventTest, KeepsToTheLevel) {
  EXPECT_TRUE(Logged([] { LogEvent(spdlog::level::debug, "call", {}); }).empty());
}

class LogLimiterTest : public testing::Test {
 protected:
  LogLimiter limiter_{3, 2};
  absl::Time now_ = absl::UnixEpoch();
};

TEST_F(LogLimiterTest, WritesABurstThenAFewASecondAndCountsTheRest) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter_.Take(now_), 0);
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(limiter_.Take(now_), std::nullopt);
  now_ += absl::Milliseconds(500);
  EXPECT_EQ(limiter_.Take(now_), 1'000);
  EXPECT_EQ(limiter_.Take(now_), std::nullopt);
  now_ += absl::Hours(1);
  EXPECT_EQ(limiter_.Take(now_), 1);
  EXPECT_EQ(limiter_.Take(now_), 0);
  EXPECT_EQ(limiter_.Take(now_), 0);
  EXPECT_EQ(limiter_.Take(now_), std::nullopt) << "a long silence saves up no more than a burst";
}

TEST_F(LogLimiterTest, AClockThatGoesBackGivesNothing) {
  for (int i = 0; i < 3; ++i) limiter_.Take(now_);
  for (int i = 0; i < 10; ++i) {
    now_ -= absl::Hours(1);
    EXPECT_EQ(limiter_.Take(now_), std::nullopt);
  }
}

}  // namespace
}  // namespace ledgercast
