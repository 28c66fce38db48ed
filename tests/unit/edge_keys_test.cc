#include "edge/keys.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/synchronization/notification.h"
#include "services/common/errors.h"
#include "tests/support/edge_fakes.h"
#include "tests/support/test_key.h"

namespace ledgercast::testing {
namespace {

class KeysTest : public ::testing::Test {
 protected:
  KeysTest() {
    options_.verifier = {"ledgercast", "ledgercast"};
    options_.first_retry = absl::Microseconds(10);
    options_.longest_retry = absl::Microseconds(100);
  }

  Keys::Fetch Fetch() {
    return [this]() -> absl::StatusOr<std::vector<v1::JsonWebKey>> {
      absl::MutexLock lock(&mu_);
      ++fetches_;
      if (failures_ > 0) {
        --failures_;
        return absl::UnavailableError("away");
      }
      return keys_;
    };
  }

  int fetches() {
    absl::MutexLock lock(&mu_);
    return fetches_;
  }

  static void WaitUntilKnown(const Keys& keys) {
    while (keys.verifier() == nullptr) std::this_thread::yield();
  }

  static void RefetchAndWait(Keys* keys) {
    absl::Notification done;
    keys->Refetch([&done] { done.Notify(); });
    done.WaitForNotification();
  }

  std::string TokenOf(const TestKey& key) {
    return key.Sign(R"({"alg":"EdDSA","typ":"at+jwt","kid":")" + key.jwk().kid() + "\"}", "{}");
  }

  TestKey first_{1};
  TestKey second_{2};
  // What the service has, and what its answers are.
  absl::Mutex mu_;
  std::vector<v1::JsonWebKey> keys_ = {first_.jwk()};
  int failures_ = 0;
  int fetches_ = 0;
  FakeClock clock_;
  Keys::Options options_;
};

TEST_F(KeysTest, AreFetchedUntilThatWorks) {
  failures_ = 3;
  Keys keys(options_, Fetch(), clock_.AsClock(), [] { return 0.5; });
  WaitUntilKnown(keys);
  EXPECT_TRUE(keys.verifier()->KnowsKeyOf(TokenOf(first_)));
  EXPECT_GE(fetches(), 4);
}

TEST_F(KeysTest, AreFetchedAgainWhenOneIsMissing) {
  Keys keys(options_, Fetch(), clock_.AsClock(), [] { return 0.5; });
  WaitUntilKnown(keys);
  {
    absl::MutexLock lock(&mu_);
    keys_.push_back(second_.jwk());
  }
  EXPECT_FALSE(keys.verifier()->KnowsKeyOf(TokenOf(second_)));
  options_.refetch_cooldown = absl::ZeroDuration();
  Keys eager(options_, Fetch(), clock_.AsClock(), [] { return 0.5; });
  WaitUntilKnown(eager);
  RefetchAndWait(&eager);
  EXPECT_TRUE(eager.verifier()->KnowsKeyOf(TokenOf(second_)));
}

TEST_F(KeysTest, AreNotFetchedAgainWithinTheCooldown) {
  Keys keys(options_, Fetch(), clock_.AsClock(), [] { return 0.5; });
  WaitUntilKnown(keys);
  for (int i = 0; i < 5; ++i) RefetchAndWait(&keys);
  EXPECT_EQ(fetches(), 1);
}

TEST_F(KeysTest, StayWhenAFetchFails) {
  options_.refetch_cooldown = absl::ZeroDuration();
  Keys keys(options_, Fetch(), clock_.AsClock(), [] { return 0.5; });
  WaitUntilKnown(keys);
  {
    absl::MutexLock lock(&mu_);
    failures_ = 1;
  }
  RefetchAndWait(&keys);
  EXPECT_TRUE(keys.verifier()->KnowsKeyOf(TokenOf(first_)));
}

}  // namespace
}  // namespace ledgercast::testing
