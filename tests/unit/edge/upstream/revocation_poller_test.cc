#include "edge/upstream/revocation_poller.h"

#include <gtest/gtest.h>

#include "absl/synchronization/mutex.h"

namespace ledgercast {
namespace {

constexpr absl::Duration kWait = absl::Seconds(20);

// What the service answers, as the test says.
class RevocationPollerTest : public ::testing::Test {
 protected:
  void Start() {
    feed_ = std::make_unique<RevocationPoller>(
        RevocationPoller::Options{absl::Milliseconds(1)},
        [this]() -> absl::StatusOr<RevokedTokens> {
          absl::MutexLock lock(&mu_);
          ++fetches_;
          return answer_;
        },
        [this] {
          absl::MutexLock lock(&mu_);
          ++changes_;
        });
  }

  void Answer(absl::StatusOr<RevokedTokens> answer) {
    absl::MutexLock lock(&mu_);
    answer_ = std::move(answer);
  }

  // Until it has asked twice more, so that the last answer was dealt with.
  void AwaitFetches() {
    absl::MutexLock lock(&mu_);
    const auto enough = [this, least = fetches_ + 2] { return fetches_ >= least; };
    ASSERT_TRUE(mu_.AwaitWithTimeout(absl::Condition(&enough), kWait));
  }

  int changes() {
    absl::MutexLock lock(&mu_);
    return changes_;
  }

  static Identity Of(const std::string& subject) {
    Identity identity;
    identity.subject = subject;
    return identity;
  }

  absl::Mutex mu_;
  absl::StatusOr<RevokedTokens> answer_ ABSL_GUARDED_BY(mu_) = RevokedTokens();
  int fetches_ ABSL_GUARDED_BY(mu_) = 0;
  int changes_ ABSL_GUARDED_BY(mu_) = 0;
  std::unique_ptr<RevocationPoller> feed_;
};

TEST_F(RevocationPollerTest, TellsOfWhatIsNewOnce) {
  Start();
  AwaitFetches();
  EXPECT_EQ(changes(), 0);
  EXPECT_FALSE(feed_->current()->Contains(Of("ann")));
  Answer(RevokedTokens({{"ann", 1}}, absl::InfinitePast()));
  AwaitFetches();
  AwaitFetches();
  EXPECT_EQ(changes(), 1);
  EXPECT_TRUE(feed_->current()->Contains(Of("ann")));
}

TEST_F(RevocationPollerTest, WhatWasKnownStaysWhileTheServiceIsAway) {
  Answer(RevokedTokens({{"ann", 1}}, absl::InfinitePast()));
  Start();
  AwaitFetches();
  Answer(absl::UnavailableError("away"));
  AwaitFetches();
  EXPECT_TRUE(feed_->current()->Contains(Of("ann")));
  EXPECT_EQ(changes(), 1);
}

TEST_F(RevocationPollerTest, TheClockAloneIsNothingNewButAJumpIs) {
  const absl::Time since = absl::FromUnixSeconds(1'700'000'000);
  Answer(RevokedTokens({}, since));
  Start();
  AwaitFetches();
  const int before = changes();
  Answer(RevokedTokens({}, since + absl::Seconds(1)));
  AwaitFetches();
  EXPECT_EQ(changes(), before);
  // The service had to forget some: all tokens of before count as revoked.
  Answer(RevokedTokens({}, since + absl::Minutes(5)));
  AwaitFetches();
  EXPECT_EQ(changes(), before + 1);
}

}  // namespace
}  // namespace ledgercast
