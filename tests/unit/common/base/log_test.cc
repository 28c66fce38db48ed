#include "services/common/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "services/common/base/flag_set.h"
#include "services/common/base/log_limiter.h"
#include "services/common/base/program.h"
#include "services/common/base/settings_log.h"

namespace ledgercast {
namespace {

using Json = nlohmann::json;

// What `write` logs at level info, as the lines' objects.
template <typename Write>
std::vector<Json> Logged(Write write) {
  ::testing::internal::CaptureStderr();
  EXPECT_TRUE(SetUpLogging("program", "info").ok());
  write();
  const std::string text = ::testing::internal::GetCapturedStderr();
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

class LogLimiterTest : public ::testing::Test {
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

TEST(LogSettingsTest, TellsEverySettingWhoeverSetItAndNoSecret) {
  std::string database = "host=h password=s3cret";
  std::string keys = "none";
  std::vector<std::string> files;
  absl::Duration interval = absl::Milliseconds(50);
  bool access_log = false;
  bool notify = true;
  bool healthcheck = false;
  FlagSet flags("", "program");
  flags.Add("database", &database, "help");
  flags.Add("oidc-keys", &keys, "help");
  flags.AddList("key-file", &files, "help");
  flags.AddMilliseconds("poll-ms", &interval, "help");
  flags.AddSwitch("access-log", &access_log, "help");
  flags.Add("notify", &notify, "help");
  flags.AddHealthcheck(&healthcheck);
  setenv("LEDGERCAST_OIDC_KEYS", "https://name:s3cret@host/keys", 1);
  const char* arguments[] = {"program",    "--database", "s3cret",
                             "--key-file", "a,b",        "--access-log"};
  EXPECT_FALSE(flags.Parse(6, arguments));
  unsetenv("LEDGERCAST_OIDC_KEYS");
  const auto lines = Logged([&flags] {
    LogSettings(flags, {{"database", [](const std::string&) { return std::string("masked"); }}});
  });
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["message"], "settings");
  EXPECT_EQ(lines[0]["database"], "masked");
  EXPECT_EQ(lines[0]["oidc_keys"], "https://name:***@host/keys");
  EXPECT_EQ(lines[0]["key_file"], "a,b");
  EXPECT_EQ(lines[0]["poll_ms"], "50");
  EXPECT_EQ(lines[0]["access_log"], "true");
  EXPECT_EQ(lines[0]["notify"], "true");
  EXPECT_FALSE(lines[0].contains("healthcheck")) << "a mode is no setting";
}

TEST(MaskUrlPasswordsTest, HidesWhateverIsInOneAndKeepsTheRest) {
  EXPECT_EQ(MaskUrlPasswords("https://name:s3cret@host:8443/path?q=1"),
            "https://name:***@host:8443/path?q=1");
  for (const char* password : {"p", "p@ss", "p/w", "p,w", "p://w", "p:w", "p w", ""}) {
    EXPECT_EQ(MaskUrlPasswords(std::string("http://a:") + password + "@b"), "http://a:***@b");
  }
  EXPECT_EQ(MaskUrlPasswords("http://a:x@b,http://c:y@d"), "http://a:***@d");
  for (const char* plain : {"", "text", "https://host:8443/path", "https://name@host/", "a@b:c",
                            "https://host/", "://"}) {
    EXPECT_EQ(MaskUrlPasswords(plain), plain);
  }
}

}  // namespace
}  // namespace ledgercast
