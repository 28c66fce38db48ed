#include "services/common/base/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

TEST(LoggingTest, WritesOneJsonObjectALine) {
  const std::string message = "quote \" backslash \\ line\nfeed \x01 na\xc3\xafve";
  ::testing::internal::CaptureStderr();
  ASSERT_TRUE(SetUpLogging("program", "info").ok());
  spdlog::info("{}", message);
  spdlog::debug("not at this level");
  spdlog::warn("broken \xff byte");
  const std::string text = ::testing::internal::GetCapturedStderr();

  ASSERT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
  const Json first = Json::parse(text.substr(0, text.find('\n')));
  EXPECT_EQ(first.size(), 4u);
  EXPECT_EQ(first["message"], message);
  EXPECT_EQ(first["level"], "info");
  EXPECT_EQ(first["program"], "program");
  EXPECT_THAT(first["time"].get<std::string>(),
              ::testing::MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+[.][0-9]+Z"));
  const Json second = Json::parse(text.substr(text.find('\n')));
  EXPECT_EQ(second["level"], "warning");
  EXPECT_EQ(second["message"], "broken \xef\xbf\xbd byte");
}

TEST(LoggingTest, RefusesUnknownLevels) {
  for (const char* level : {"", "loud", "INFO "}) {
    EXPECT_TRUE(absl::IsInvalidArgument(SetUpLogging("program", level))) << level;
  }
  for (const char* level : {"trace", "warn", "error", "off"}) {
    EXPECT_TRUE(SetUpLogging("program", level).ok()) << level;
  }
}

TEST(StopSignalTest, WaitsForEither) {
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, nullptr, &before);
  {
    StopSignal stop;
    EXPECT_FALSE(stop.Arrived());
    for (const int signal : {SIGTERM, SIGINT}) {
      raise(signal);
      EXPECT_TRUE(stop.Arrived());
      EXPECT_EQ(stop.Wait(), signal);
    }
    EXPECT_FALSE(stop.Arrived());
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST(StopSignalTest, ASecondOfAKindEndsTheProcessAtOnce) {
  for (const int signal : {SIGTERM, SIGINT}) {
    EXPECT_EXIT(
        {
          std::signal(signal, SIG_IGN);
          StopSignal stop;
          raise(signal);
          StopSignal::LetTheNextOneKill(stop.Wait());
          raise(signal == SIGTERM ? SIGINT : SIGTERM);
          std::fputs("still here", stderr);
          raise(signal);
        },
        ::testing::KilledBySignal(signal), "still here");
  }
}

TEST(ReadFileTest, ReadsAllOrSaysWhyNot) {
  const std::string path = ::testing::TempDir() + "read_file_test." + std::to_string(getpid());
  const std::string content = std::string("line\n\0binary", 12) + std::string(10'000, 'x');
  std::ofstream(path, std::ios::binary) << content;
  const auto whole = ReadFile(path, content.size());
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_EQ(*whole, content);

  const auto too_long = ReadFile(path, content.size() - 1);
  EXPECT_TRUE(absl::IsInvalidArgument(too_long.status()));
  EXPECT_THAT(too_long.status().ToString(), HasSubstr(path));
  unlink(path.c_str());
  const auto missing = ReadFile(path, 10);
  EXPECT_TRUE(absl::IsNotFound(missing.status()));
  EXPECT_THAT(missing.status().ToString(), HasSubstr(path + ": No such file"));
  EXPECT_FALSE(ReadFile(::testing::TempDir(), 10).ok());
}

}  // namespace
}  // namespace ledgercast
