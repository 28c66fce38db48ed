#include "services/common/base/flag_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <string>

namespace ledgercast {
namespace {

using ::testing::HasSubstr;

class FlagSetTest : public ::testing::Test {
 protected:
  FlagSetTest() {
    flags_.Add("count", &count_, "");
    flags_.Add("small", &small_, "");
    flags_.AddMilliseconds("wait-ms", &wait_, "");
    flags_.AddMegabytes("ring-megabytes", &bytes_, "");
  }

  // Returns "" if the argument was accepted, else what is wrong. An empty argument is left out.
  std::string Parse(const std::string& argument) {
    const char* const arguments[] = {"program", argument.c_str()};
    ::testing::internal::CaptureStderr();
    const auto code = flags_.Parse(argument.empty() ? 1 : 2, arguments);
    const std::string complaint = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(code, complaint.empty() ? std::nullopt : std::optional(2));
    return complaint;
  }

  int64_t count_ = 1;
  int small_ = 1;
  absl::Duration wait_ = absl::Seconds(1);
  int64_t bytes_ = 1 << 20;
  FlagSet flags_{"", "program"};
};

TEST_F(FlagSetTest, NumbersAreDecimal) {
  EXPECT_EQ(Parse("--count=010"), "");
  EXPECT_EQ(count_, 10);
  EXPECT_EQ(Parse("--small=-010"), "");
  EXPECT_EQ(small_, -10);
  EXPECT_EQ(Parse("--wait-ms=0250"), "");
  EXPECT_EQ(wait_, absl::Milliseconds(250));
  EXPECT_EQ(Parse("--ring-megabytes=08"), "");
  EXPECT_EQ(bytes_, 8 << 20);
}

TEST_F(FlagSetTest, NumbersAreExactOrRefused) {
  for (const char* flag : {"--count", "--small", "--wait-ms", "--ring-megabytes"}) {
    for (const char* number : {"0x10", "1e3", "1.0", "1_000", "+1", "", "ten",
                               "99999999999999999999", "9223372036854775808"}) {
      const std::string argument = std::string(flag) + "=" + number;
      EXPECT_THAT(Parse(argument), HasSubstr(flag)) << argument;
    }
  }
  EXPECT_THAT(Parse("--small=2147483648"), HasSubstr("is not between"));
  // In bytes, or nanoseconds, it would be another number.
  EXPECT_THAT(Parse("--ring-megabytes=8796093022208"), HasSubstr("is not between"));
  EXPECT_THAT(Parse("--wait-ms=9223372036854775807"), HasSubstr("is not between"));
  EXPECT_EQ(count_, 1);
  EXPECT_EQ(bytes_, 1 << 20);
}

TEST_F(FlagSetTest, EnvironmentVariablesAreReadTheSameWay) {
  setenv("LEDGERCAST_COUNT", "0x10", 1);
  EXPECT_NE(Parse(""), "");
  setenv("LEDGERCAST_COUNT", "010", 1);
  EXPECT_EQ(Parse(""), "");
  EXPECT_EQ(count_, 10);
  unsetenv("LEDGERCAST_COUNT");
}

}  // namespace
}  // namespace ledgercast
