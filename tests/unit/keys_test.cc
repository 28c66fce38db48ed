#include "services/common/keys.h"

#include <gtest/gtest.h>

#include <atomic>
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

  std::unique_ptr<Keys> Start(TokenKeys known = {}, Keys::Fetch oidc = nullptr) {
    auto keys = Keys::Start(options_, std::move(known), {Fetch(), std::move(oidc)},
                            clock_.AsClock(), [] { return 0.5; });
    EXPECT_TRUE(keys.ok()) << keys.status();
    return *std::move(keys);
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
  const auto keys = Start();
  WaitUntilKnown(*keys);
  EXPECT_TRUE(keys->verifier()->KnowsKeyOf(TokenOf(first_)));
  EXPECT_GE(fetches(), 4);
}

TEST_F(KeysTest, AreFetchedAgainWhenOneIsMissing) {
  const auto keys = Start();
  WaitUntilKnown(*keys);
  {
    absl::MutexLock lock(&mu_);
    keys_.push_back(second_.jwk());
  }
  EXPECT_FALSE(keys->verifier()->KnowsKeyOf(TokenOf(second_)));
  options_.refetch_cooldown = absl::ZeroDuration();
  const auto eager = Start();
  WaitUntilKnown(*eager);
  RefetchAndWait(eager.get());
  EXPECT_TRUE(eager->verifier()->KnowsKeyOf(TokenOf(second_)));
}

TEST_F(KeysTest, AreNotFetchedAgainWithinTheCooldown) {
  const auto keys = Start();
  WaitUntilKnown(*keys);
  for (int i = 0; i < 5; ++i) RefetchAndWait(keys.get());
  EXPECT_EQ(fetches(), 1);
}

TEST_F(KeysTest, StayWhenAFetchFails) {
  options_.refetch_cooldown = absl::ZeroDuration();
  const auto keys = Start();
  WaitUntilKnown(*keys);
  {
    absl::MutexLock lock(&mu_);
    failures_ = 1;
  }
  RefetchAndWait(keys.get());
  EXPECT_TRUE(keys->verifier()->KnowsKeyOf(TokenOf(first_)));
}

TEST_F(KeysTest, OfOneSignerAreGoodWhileAnotherIsAway) {
  std::atomic<int> asked = 0;
  const auto keys = Start({}, [&asked]() -> absl::StatusOr<std::vector<v1::JsonWebKey>> {
    ++asked;
    return absl::UnavailableError("away");
  });
  WaitUntilKnown(*keys);
  EXPECT_TRUE(keys->verifier()->KnowsKeyOf(TokenOf(first_)));
  // It is asked again before the keys are to be refreshed.
  while (asked < 3) std::this_thread::yield();
}

TEST_F(KeysTest, OfAllSignersVerify) {
  const auto keys = Start({}, [this]() -> absl::StatusOr<std::vector<v1::JsonWebKey>> {
    return std::vector<v1::JsonWebKey>{second_.jwk()};
  });
  const auto knows_both = [&] {
    const auto verifier = keys->verifier();
    return verifier != nullptr && verifier->KnowsKeyOf(TokenOf(first_)) &&
           verifier->KnowsKeyOf(TokenOf(second_));
  };
  while (!knows_both()) std::this_thread::yield();
}

TEST_F(KeysTest, ThatAreKnownFromTheStartNeedNoFetch) {
  auto keys =
      Keys::Start(options_, {.own = {first_.jwk()}}, {}, clock_.AsClock(), [] { return 0.5; });
  ASSERT_TRUE(keys.ok()) << keys.status();
  ASSERT_NE((*keys)->verifier(), nullptr);
  EXPECT_TRUE((*keys)->verifier()->KnowsKeyOf(TokenOf(first_)));
  RefetchAndWait(keys->get());
}

TEST_F(KeysTest, ThatCannotBeUsedAreRefusedAtTheStart) {
  v1::JsonWebKey broken = first_.jwk();
  broken.clear_x();
  const auto keys =
      Keys::Start(options_, {.own = {broken}}, {}, clock_.AsClock(), [] { return 0.5; });
  EXPECT_TRUE(absl::IsInvalidArgument(keys.status())) << keys.status();
}

}  // namespace
}  // namespace ledgercast::testing
