#include "services/common/base/call_ids.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"

namespace ledgercast {
namespace {

constexpr char kTraceId[] = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kTraceparent = absl::StrCat("00-", kTraceId, "-00f067aa0ba902b7-01");

TEST(RequestIdTest, TakesWhatProxiesAndProgramsSend) {
  for (const char* id :
       {"a", "7", "0190b5a0-0000-7000-8000-000000000001", "4bf92f3577b34da6a3ce929d0e0e4736",
        "Root=1-67891233-abcdef012345678912345678", "svc/job:17@host~2", "aGVsbG8+d29ybGQ="}) {
    EXPECT_TRUE(IsRequestId(id)) << id;
  }
  EXPECT_TRUE(IsRequestId(std::string(128, 'x')));
}

TEST(RequestIdTest, RefusesWhatCouldBreakALogOrAHeader) {
  for (const char* id : {"", " ", "a b", "a\nb", "a\"b", "a\\b", "a,b", "a;b", "na\xc3\xafve",
                         "a\x7f", "<script>", "${jndi}"}) {
    EXPECT_FALSE(IsRequestId(id)) << id;
  }
  EXPECT_FALSE(IsRequestId(std::string_view("a\0b", 3)));
  EXPECT_FALSE(IsRequestId(std::string(129, 'x')));
}

TEST(CallIdTest, IsARequestIdAndATraceIdAndNeverComesTwice) {
  std::vector<std::vector<std::string>> made(4);
  std::vector<std::thread> threads;
  for (auto& ids : made) {
    threads.emplace_back([&ids] {
      for (int i = 0; i < 1'000; ++i) ids.push_back(MakeCallId());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& ids : made) all.insert(ids.begin(), ids.end());
  EXPECT_EQ(all.size(), 4'000u);
  for (const std::string& id : all) {
    ASSERT_TRUE(IsRequestId(id)) << id;
    ASSERT_EQ(TraceIdOf("00-" + id + "-00f067aa0ba902b7-00"), id);
  }
}

TEST(TraceparentTest, SaysWhetherItsTraceIsKept) {
  const auto with_flags = [](const char* flags) {
    return absl::StrCat("00-", kTraceId, "-00f067aa0ba902b7-", flags);
  };
  for (const char* flags : {"01", "03", "ff", "0b"}) EXPECT_TRUE(IsSampled(with_flags(flags)));
  for (const char* flags : {"00", "02", "fe", "10"}) EXPECT_FALSE(IsSampled(with_flags(flags)));
  EXPECT_FALSE(IsSampled(""));
  EXPECT_FALSE(IsSampled("nonsense-01"));
}

TEST(TraceparentTest, FindsTheTraceId) {
  EXPECT_EQ(TraceIdOf(kTraceparent), kTraceId);
  EXPECT_EQ(TraceIdOf(absl::StrCat("00-", kTraceId, "-00f067aa0ba902b7-00")), kTraceId);
  EXPECT_EQ(TraceIdOf(absl::StrCat("00-", kTraceId, "-00f067aa0ba902b7-ff")), kTraceId);
  // A version to come has the same fields, and maybe more.
  EXPECT_EQ(TraceIdOf(absl::StrCat("cc-", kTraceId, "-00f067aa0ba902b7-01")), kTraceId);
  EXPECT_EQ(TraceIdOf(absl::StrCat("cc-", kTraceId, "-00f067aa0ba902b7-01-more")), kTraceId);
}

TEST(TraceparentTest, RefusesWhatTheGrammarDoes) {
  const std::string trace = kTraceId;
  for (const std::string& text :
       {std::string(), std::string("00"), trace,
        // A field too short, too long, in upper case or no number.
        "0-" + trace + "-00f067aa0ba902b7-01", "000-" + trace + "-00f067aa0ba902b7-1",
        "00-" + trace.substr(1) + "-00f067aa0ba902b7-01", "00-" + trace + "0-00f067aa0ba902b7-1",
        "00-" + trace + "-00f067aa0ba902b-01", "00-" + trace + "-00f067aa0ba902b7-1",
        "00-" + trace + "-00F067AA0BA902B7-01",
        std::string("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"),
        "00-" + trace + "-00f067aa0ba902bx-01", "0x-" + trace + "-00f067aa0ba902b7-01",
        "00-" + trace + "-00f067aa0ba902b7-0x",
        // Another separator.
        "00_" + trace + "-00f067aa0ba902b7-01", "00-" + trace + "_00f067aa0ba902b7-01",
        "00-" + trace + "-00f067aa0ba902b7_01", " " + kTraceparent, kTraceparent + " ",
        // Zeros, the version that never will be, and more than version 00 has.
        "00-" + std::string(32, '0') + "-00f067aa0ba902b7-01",
        "00-" + trace + "-0000000000000000-01", "ff-" + trace + "-00f067aa0ba902b7-01",
        kTraceparent + "-more", "cc-" + trace + "-00f067aa0ba902b7-01.more"}) {
    EXPECT_EQ(TraceIdOf(text), "") << text;
  }
  // Cut anywhere.
  for (size_t bytes = 0; bytes < kTraceparent.size(); ++bytes) {
    EXPECT_EQ(TraceIdOf(kTraceparent.substr(0, bytes)), "") << bytes;
  }
}

TEST(CallIdsTest, KeepsWhatIsGoodOfARequest) {
  const CallIds kept = CallIdsOf("mine", kTraceparent);
  EXPECT_EQ(kept.request_id, "mine");
  EXPECT_EQ(kept.traceparent, kTraceparent);
  for (const char* bad : {"", "two words", "line\nfeed"}) {
    const CallIds made = CallIdsOf(bad, bad);
    EXPECT_TRUE(IsRequestId(made.request_id)) << made.request_id;
    EXPECT_EQ(made.traceparent, "");
  }
}

}  // namespace
}  // namespace ledgercast
