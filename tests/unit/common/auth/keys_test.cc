#include "services/common/auth/keys.h"

#include <gtest/gtest.h>

#include <atomic>
#include <utility>

#include "absl/synchronization/notification.h"
#include "services/common/base/errors.h"
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

  std::unique_ptr<Keys> Start(TokenKeys known = {}, Keys::Fetch oidc = nullptr) {
    auto keys = Keys::Start(options_, std::move(known), {Fetch(), std::move(oidc)}, clocks(),
                            [] { return 0.5; });
    EXPECT_TRUE(keys.ok()) << keys.status();
    return *std::move(keys);
  }

  static void WaitUntilKnown(const Keys& keys) {
    while (keys.verifier() == nullptr) std::this_thread::yield();
  }

  static void RefetchAndWait(Keys* keys, const std::string& key_id) {
    absl::Notification done;
    keys->Refetch(key_id, [&done] { done.Notify(); });
    done.WaitForNotification();
  }

  Clocks clocks() {
    const Clock now = [this] {
      absl::MutexLock lock(&mu_);
      return now_;
    };
    return {now, now};
  }

  void Pass(absl::Duration duration) {
    absl::MutexLock lock(&mu_);
    now_ += duration;
  }

  void Show(const v1::JsonWebKey& key) {
    absl::MutexLock lock(&mu_);
    keys_.push_back(key);
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
  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  Keys::Options options_;
};

TEST_F(KeysTest, AreFetchedUntilThatWorks) {
  failures_ = 3;
  const auto keys = Start();
  WaitUntilKnown(*keys);
  EXPECT_FALSE(keys->verifier()->MissingKeyOf(TokenOf(first_)));
  EXPECT_GE(fetches(), 4);
}

TEST_F(KeysTest, AreFetchedAtOnceWhenOneIsMissing) {
  const auto keys = Start();
  WaitUntilKnown(*keys);
  Show(second_.jwk());
  EXPECT_EQ(keys->verifier()->MissingKeyOf(TokenOf(second_)), second_.jwk().kid());
  RefetchAndWait(keys.get(), second_.jwk().kid());
  EXPECT_FALSE(keys->verifier()->MissingKeyOf(TokenOf(second_)));
}

TEST_F(KeysTest, AKeyThatNobodyHasIsAskedForOnceInAWhile) {
  const auto keys = Start();
  WaitUntilKnown(*keys);
  for (int i = 0; i < 5; ++i) RefetchAndWait(keys.get(), "nobody's");
  EXPECT_EQ(fetches(), 2);
  Pass(options_.missing_key_cooldown);
  RefetchAndWait(keys.get(), "nobody's");
  EXPECT_EQ(fetches(), 3);
}

TEST_F(KeysTest, MadeUpKeysNeitherKeepANewOneAwayNorBecomeALoad) {
  const auto keys = Start();
  WaitUntilKnown(*keys);
  int made_up = 0;
  for (int i = 0; i < 3; ++i) RefetchAndWait(keys.get(), std::to_string(++made_up));
  EXPECT_EQ(fetches(), 4);
  // From here on there is one fetch in two seconds, for all who wait.
  for (int i = 0; i < 100; ++i) keys->Refetch(std::to_string(++made_up), [] {});
  Show(second_.jwk());
  absl::Notification done;
  keys->Refetch(second_.jwk().kid(), [&done] { done.Notify(); });
  Pass(absl::Seconds(2));
  done.WaitForNotification();
  EXPECT_FALSE(keys->verifier()->MissingKeyOf(TokenOf(second_)));
  EXPECT_EQ(fetches(), 5);
}

TEST_F(KeysTest, AFetchThatFailedSaysOfNoKeyThatItIsMissing) {
  const auto keys = Start();
  WaitUntilKnown(*keys);
  {
    absl::MutexLock lock(&mu_);
    failures_ = 1;
  }
  RefetchAndWait(keys.get(), second_.jwk().kid());
  EXPECT_TRUE(keys->verifier()->MissingKeyOf(TokenOf(second_)));
  Show(second_.jwk());
  RefetchAndWait(keys.get(), second_.jwk().kid());
  EXPECT_FALSE(keys->verifier()->MissingKeyOf(TokenOf(second_)));
}

TEST_F(KeysTest, NoMoreThanTheLimitWaitForAFetch) {
  options_.max_waiting = 2;
  options_.refetches = TokenBucket::Limit::Of(0.001, 1);
  const auto keys = Start();
  WaitUntilKnown(*keys);
  RefetchAndWait(keys.get(), "first");
  int answered = 0;
  // The next fetch is far away.
  for (int i = 0; i < 5; ++i) keys->Refetch(std::to_string(i), [&answered] { ++answered; });
  EXPECT_EQ(answered, 3);
}

TEST_F(KeysTest, StayWhenAFetchFails) {
  const auto keys = Start();
  WaitUntilKnown(*keys);
  {
    absl::MutexLock lock(&mu_);
    failures_ = 1;
  }
  RefetchAndWait(keys.get(), "another");
  EXPECT_FALSE(keys->verifier()->MissingKeyOf(TokenOf(first_)));
}

TEST_F(KeysTest, OfOneSignerAreGoodWhileAnotherIsAway) {
  std::atomic<int> asked = 0;
  const auto keys = Start({}, [&asked]() -> absl::StatusOr<std::vector<v1::JsonWebKey>> {
    ++asked;
    return absl::UnavailableError("away");
  });
  WaitUntilKnown(*keys);
  EXPECT_FALSE(keys->verifier()->MissingKeyOf(TokenOf(first_)));
  // It is asked again before the keys are to be refreshed.
  while (asked < 3) std::this_thread::yield();
}

TEST_F(KeysTest, OfAllSignersVerify) {
  const auto keys = Start({}, [this]() -> absl::StatusOr<std::vector<v1::JsonWebKey>> {
    return std::vector<v1::JsonWebKey>{second_.jwk()};
  });
  const auto knows_both = [&] {
    const auto verifier = keys->verifier();
    return verifier != nullptr && !verifier->MissingKeyOf(TokenOf(first_)) &&
           !verifier->MissingKeyOf(TokenOf(second_));
  };
  while (!knows_both()) std::this_thread::yield();
}

TEST_F(KeysTest, ThatAreKnownFromTheStartNeedNoFetch) {
  auto keys = Keys::Start(options_, {.own = {first_.jwk()}}, {}, clocks(), [] { return 0.5; });
  ASSERT_TRUE(keys.ok()) << keys.status();
  ASSERT_NE((*keys)->verifier(), nullptr);
  EXPECT_FALSE((*keys)->verifier()->MissingKeyOf(TokenOf(first_)));
  RefetchAndWait(keys->get(), "another");
}

TEST_F(KeysTest, ThatCannotBeUsedAreRefusedAtTheStart) {
  v1::JsonWebKey broken = first_.jwk();
  broken.clear_x();
  const auto keys = Keys::Start(options_, {.own = {broken}}, {}, clocks(), [] { return 0.5; });
  EXPECT_TRUE(absl::IsInvalidArgument(keys.status())) << keys.status();
}

}  // namespace
}  // namespace ledgercast::testing
