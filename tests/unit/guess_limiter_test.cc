#include "services/transaction/api/guess_limiter.h"

#include <gtest/gtest.h>

#include "services/common/errors.h"

namespace ledgercast {
namespace {

class GuessLimiterTest : public ::testing::Test {
 protected:
  void Fail(const std::string& username, int times) {
    for (int i = 0; i < times; ++i) limiter_.Failed(username);
  }

  // How long `username` is told to wait; zero = it may try.
  absl::Duration WaitOf(const std::string& username) {
    const absl::Status status = limiter_.Admit(username);
    if (status.ok()) return absl::ZeroDuration();
    EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
    const google::rpc::ErrorInfo info = GetErrorInfo(status);
    EXPECT_EQ(info.reason(), reason::kTooBusy);
    google::rpc::RetryInfo retry;
    const auto payload = status.GetPayload("type.googleapis.com/google.rpc.RetryInfo");
    EXPECT_TRUE(payload && retry.ParseFromString(std::string(*payload)));
    const absl::Duration wait = absl::Seconds(retry.retry_delay().seconds()) +
                                absl::Nanoseconds(retry.retry_delay().nanos());
    EXPECT_EQ(info.metadata().at("retryAfterSeconds"),
              std::to_string(absl::ToInt64Seconds(absl::Ceil(wait, absl::Seconds(1)))));
    return wait;
  }

  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  GuessLimiter::Options options_{.free_failures = 3,
                                 .first_wait = absl::Seconds(1),
                                 .longest_wait = absl::Seconds(10),
                                 .forget_after = absl::Minutes(5),
                                 .max_usernames = 3};
  GuessLimiter limiter_{options_, [this] { return now_; }};
};

TEST_F(GuessLimiterTest, AFewMistakesCostNothing) {
  EXPECT_EQ(WaitOf("ann"), absl::ZeroDuration());
  Fail("ann", 2);
  EXPECT_EQ(WaitOf("ann"), absl::ZeroDuration());
}

TEST_F(GuessLimiterTest, EachFurtherFailureDoublesTheWaitUpToTheLongest) {
  Fail("ann", 2);
  for (const int seconds : {1, 2, 4, 8, 10, 10}) {
    Fail("ann", 1);
    EXPECT_EQ(WaitOf("ann"), absl::Seconds(seconds));
    now_ += absl::Seconds(seconds);
    EXPECT_EQ(WaitOf("ann"), absl::ZeroDuration());
  }
  Fail("ann", 10'000);
  EXPECT_EQ(WaitOf("ann"), absl::Seconds(10));
}

TEST_F(GuessLimiterTest, TheRestOfTheWaitIsTold) {
  Fail("ann", 4);
  now_ += absl::Milliseconds(700);
  EXPECT_EQ(WaitOf("ann"), absl::Milliseconds(1'300));
}

TEST_F(GuessLimiterTest, NobodyElseHasToWait) {
  Fail("ann", 4);
  EXPECT_EQ(WaitOf("bob"), absl::ZeroDuration());
}

TEST_F(GuessLimiterTest, SuccessStartsAnew) {
  Fail("ann", 5);
  limiter_.Succeeded("ann");
  EXPECT_EQ(WaitOf("ann"), absl::ZeroDuration());
  Fail("ann", 2);
  EXPECT_EQ(WaitOf("ann"), absl::ZeroDuration());
}

TEST_F(GuessLimiterTest, FailuresOfLongAgoAreForgotten) {
  Fail("ann", 5);
  now_ += absl::Minutes(5);
  Fail("ann", 2);
  EXPECT_EQ(WaitOf("ann"), absl::ZeroDuration());
}

TEST_F(GuessLimiterTest, WhereTooManyFailTheOneThatFailedLongestAgoIsForgotten) {
  for (const char* name : {"ann", "bob", "cat", "dan"}) {
    Fail(name, 7);
    now_ += absl::Milliseconds(1);
  }
  EXPECT_EQ(WaitOf("ann"), absl::ZeroDuration());
  for (const char* name : {"bob", "cat", "dan"}) EXPECT_GT(WaitOf(name), absl::Seconds(9)) << name;
}

TEST_F(GuessLimiterTest, WhatIsForgottenAnywayMakesRoomFirst) {
  Fail("ann", 7);
  Fail("bob", 7);
  now_ += absl::Minutes(5);
  Fail("cat", 7);
  Fail("dan", 7);
  Fail("eve", 7);
  for (const char* name : {"cat", "dan", "eve"}) EXPECT_GT(WaitOf(name), absl::ZeroDuration());
}

}  // namespace
}  // namespace ledgercast
