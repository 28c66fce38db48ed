#include "services/transaction/api/guess_limiter.h"

#include <gtest/gtest.h>

#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

constexpr char kHome[] = "192.0.2.1";
constexpr char kOffice[] = "192.0.2.2";

class GuessLimiterTest : public ::testing::Test {
 protected:
  void Fail(const std::string& username, int times, const std::string& client = kHome) {
    for (int i = 0; i < times; ++i) limiter_.Failed(username, client);
  }

  // How long `client` is told to wait with `username`; zero = it may try.
  absl::Duration WaitOf(const std::string& username, const std::string& client = kHome) {
    const absl::Status status = limiter_.Admit(username, client);
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
                                 .free_failures_of_username = 9,
                                 .first_wait = absl::Seconds(1),
                                 .longest_wait = absl::Seconds(10),
                                 .forget_after = absl::Minutes(5),
                                 .forgive_one_after = absl::Minutes(1),
                                 .max_pairs = 3,
                                 .max_usernames = 3,
                                 .max_clients = 3};
  GuessLimiter limiter_{options_, [this] { return now_; }};
};

// --- a username from one client ---

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

TEST_F(GuessLimiterTest, SuccessStartsAnewForItsClientOnly) {
  Fail("ann", 3);
  Fail("ann", 3, kOffice);
  limiter_.Succeeded("ann", kHome);
  EXPECT_EQ(WaitOf("ann"), absl::ZeroDuration());
  EXPECT_GT(WaitOf("ann", kOffice), absl::ZeroDuration());
  Fail("ann", 2);
  EXPECT_EQ(WaitOf("ann"), absl::ZeroDuration());
}

TEST_F(GuessLimiterTest, FailuresOfLongAgoAreForgotten) {
  Fail("ann", 5);
  now_ += absl::Minutes(5);
  Fail("ann", 2);
  EXPECT_EQ(WaitOf("ann"), absl::ZeroDuration());
}

TEST_F(GuessLimiterTest, AnotherPasswordEndsEveryWaitOfItsUsername) {
  Fail("ann", 20);
  Fail("ann", 5, kOffice);
  limiter_.Forget("ann");
  EXPECT_EQ(WaitOf("ann"), absl::ZeroDuration());
  EXPECT_EQ(WaitOf("ann", kOffice), absl::ZeroDuration());
}

// --- an owner whose name is under attack ---

TEST_F(GuessLimiterTest, OtherUsernamesAndOtherClientsDoNotWait) {
  Fail("ann", 4);
  EXPECT_EQ(WaitOf("bob"), absl::ZeroDuration());
  EXPECT_EQ(WaitOf("ann", kOffice), absl::ZeroDuration());
}

TEST_F(GuessLimiterTest, ACleanClientIsNotLockedOutByAnyNumberOfGuessesElsewhere) {
  for (int i = 0; i < 10'000; ++i) limiter_.Failed("ann", "10.0.0." + std::to_string(i));
  EXPECT_EQ(WaitOf("ann", kOffice), absl::ZeroDuration());
  // Two typing errors do not change that.
  Fail("ann", 2, kOffice);
  EXPECT_EQ(WaitOf("ann", kOffice), absl::ZeroDuration());
}

TEST_F(GuessLimiterTest, AClientThatGuessedWaitsForTheUsernameAsAWhole) {
  for (int i = 0; i < 9; ++i) limiter_.Failed("ann", "10.0.0." + std::to_string(i));
  Fail("bob", 3, kOffice);
  EXPECT_EQ(WaitOf("ann", kOffice), absl::Seconds(1));
  EXPECT_EQ(limiter_.refusals().of_username, 1);
  EXPECT_EQ(limiter_.refusals().of_client, 0);
  EXPECT_EQ(WaitOf("cat", kOffice), absl::ZeroDuration());
}

TEST_F(GuessLimiterTest, AClientIsForgivenOneFailureAMinute) {
  for (int i = 0; i < 9; ++i) limiter_.Failed("ann", "10.0.0." + std::to_string(i));
  // One typing error a minute, for hours: an office behind one address.
  for (int i = 0; i < 200; ++i) {
    Fail("clerk" + std::to_string(i), 1, kOffice);
    now_ += absl::Minutes(1);
  }
  for (int i = 0; i < 9; ++i) limiter_.Failed("ann", "10.0.0." + std::to_string(i));
  EXPECT_EQ(WaitOf("ann", kOffice), absl::ZeroDuration());
}

// --- who gets which turn ---

TEST_F(GuessLimiterTest, TheStandingGoesByClientAndUsername) {
  EXPECT_EQ(limiter_.StandingOf("ann", kHome), Standing::kClean);
  Fail("ann", 2);
  EXPECT_EQ(limiter_.StandingOf("ann", kHome), Standing::kClean);
  Fail("ann", 1);
  EXPECT_EQ(limiter_.StandingOf("ann", kHome), Standing::kSuspect);
  EXPECT_EQ(limiter_.StandingOf("ann", kOffice), Standing::kDoubtful);
  EXPECT_EQ(limiter_.StandingOf("bob", kHome), Standing::kDoubtful);
  EXPECT_EQ(limiter_.StandingOf("bob", kOffice), Standing::kClean);
  now_ += absl::Minutes(5);
  EXPECT_EQ(limiter_.StandingOf("ann", kHome), Standing::kClean);
}

TEST_F(GuessLimiterTest, WhatIsNoNameCountsForTheClient) {
  Fail("", 3);
  EXPECT_EQ(limiter_.StandingOf("ann", kHome), Standing::kDoubtful);
  EXPECT_EQ(WaitOf(""), absl::ZeroDuration());
}

// --- bounds ---

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
