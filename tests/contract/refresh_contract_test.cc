// What refresh_store.h promises.

#include <atomic>
#include <thread>

#include "tests/contract/store_contract.h"

namespace ledgercast::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kFamily[] = "0190b5a0-0000-7000-8000-000000000001";
constexpr char kOther[] = "0190b5a0-0000-7000-8000-000000000002";
constexpr int64_t kMany = 100;

class RefreshContract : public StoreContract {
 protected:
  void Begin(const std::string& family, const std::string& account = "alice",
             int64_t max_families = kMany, absl::Duration lifetime = absl::Hours(1)) {
    const absl::Status begun = store().BeginFamily(family, account, lifetime, max_families);
    ASSERT_TRUE(begun.ok()) << begun;
  }

  RefreshUse UseOf(const std::string& family, int64_t number) {
    RefreshUse use;
    use.family = family;
    use.account = "alice";
    use.number = number;
    use.lifetime = absl::Hours(1);
    use.grace = absl::Minutes(10);
    return use;
  }

  RefreshResult Use(const RefreshUse& use) {
    const auto result = store().UseRefreshToken(use);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.value_or(RefreshResult());
  }

  RefreshOutcome OutcomeOf(const RefreshUse& use) { return Use(use).outcome; }

  RefreshUse WithoutGrace(RefreshUse use) {
    use.grace = absl::ZeroDuration();
    return use;
  }

  std::vector<std::string> EndedFamilies() {
    std::vector<std::string> ids;
    const auto ended = store().ListEndedFamilies(absl::Hours(1), kMany);
    EXPECT_TRUE(ended.ok()) << ended.status();
    for (const EndedFamily& family : *ended) ids.push_back(family.id);
    return ids;
  }
};

TEST_P(RefreshContract, EachTokenIsGoodForTheNext) {
  Begin(kFamily);
  for (int64_t number = 1; number < 5; ++number) {
    const RefreshResult result = Use(WithoutGrace(UseOf(kFamily, number)));
    EXPECT_EQ(result.outcome, RefreshOutcome::kRotated);
    EXPECT_EQ(result.number, number + 1);
  }
  EXPECT_THAT(EndedFamilies(), IsEmpty());
}

TEST_P(RefreshContract, WithinTheGraceAUsedTokenGivesItsSuccessorAgain) {
  Begin(kFamily);
  ASSERT_EQ(OutcomeOf(UseOf(kFamily, 1)), RefreshOutcome::kRotated);
  for (int i = 0; i < 3; ++i) {
    const RefreshResult again = Use(UseOf(kFamily, 1));
    EXPECT_EQ(again.outcome, RefreshOutcome::kRepeated);
    EXPECT_EQ(again.number, 2);
  }
  EXPECT_EQ(Use(UseOf(kFamily, 2)).number, 3);
  // Two back is no race of two tabs.
  EXPECT_EQ(OutcomeOf(UseOf(kFamily, 1)), RefreshOutcome::kReused);
}

TEST_P(RefreshContract, AfterTheGraceAUsedTokenEndsItsFamilyAndNoOther) {
  Begin(kFamily);
  Begin(kOther);
  ASSERT_EQ(OutcomeOf(UseOf(kFamily, 1)), RefreshOutcome::kRotated);
  EXPECT_EQ(OutcomeOf(WithoutGrace(UseOf(kFamily, 1))), RefreshOutcome::kReused);
  for (const int64_t number : {1, 2, 3}) {
    EXPECT_EQ(OutcomeOf(UseOf(kFamily, number)), RefreshOutcome::kEnded) << number;
  }
  EXPECT_THAT(EndedFamilies(), ElementsAre(kFamily));
  EXPECT_EQ(OutcomeOf(UseOf(kOther, 1)), RefreshOutcome::kRotated);
}

TEST_P(RefreshContract, ANumberThatWasNeverGivenEndsTheFamily) {
  Begin(kFamily);
  EXPECT_EQ(OutcomeOf(UseOf(kFamily, 2)), RefreshOutcome::kReused);
  EXPECT_EQ(OutcomeOf(UseOf(kFamily, 1)), RefreshOutcome::kEnded);
}

TEST_P(RefreshContract, AFamilyIsOneAccounts) {
  Begin(kFamily, "bob");
  EXPECT_EQ(OutcomeOf(UseOf(kFamily, 1)), RefreshOutcome::kEnded);
  EXPECT_EQ(OutcomeOf(UseOf(kOther, 1)), RefreshOutcome::kEnded);
  RefreshUse owners = UseOf(kFamily, 1);
  owners.account = "bob";
  EXPECT_EQ(OutcomeOf(owners), RefreshOutcome::kRotated);
  owners.account = "nobody";
  EXPECT_EQ(OutcomeOf(owners), RefreshOutcome::kEnded);
  EXPECT_EQ(ReasonIn(store().BeginFamily(kOther, "nobody", absl::Hours(1), kMany)),
            "ACCOUNT_NOT_FOUND");
}

TEST_P(RefreshContract, AFamilyEndsWithItsNewestToken) {
  Begin(kFamily, "alice", kMany, absl::ZeroDuration());
  EXPECT_EQ(OutcomeOf(UseOf(kFamily, 1)), RefreshOutcome::kEnded);
  // The next one makes room for itself, and each use prolongs.
  Begin(kOther, "alice", kMany, absl::Hours(1));
  RefreshUse use = UseOf(kOther, 1);
  use.lifetime = absl::ZeroDuration();
  EXPECT_EQ(OutcomeOf(use), RefreshOutcome::kRotated);
  EXPECT_EQ(OutcomeOf(UseOf(kOther, 2)), RefreshOutcome::kEnded);
}

TEST_P(RefreshContract, BeyondTheMostOfAnAccountTheOneUsedLeastLatelyEnds) {
  const auto id = [](int i) { return "0190b5a0-0000-7000-8000-00000000010" + std::to_string(i); };
  for (int i = 0; i < 3; ++i) Begin(id(i), "alice", 3);
  Begin(kOther, "bob", 3);
  ASSERT_EQ(OutcomeOf(UseOf(id(0), 1)), RefreshOutcome::kRotated);
  Begin(id(3), "alice", 3);
  EXPECT_EQ(OutcomeOf(UseOf(id(1), 1)), RefreshOutcome::kEnded);
  EXPECT_EQ(OutcomeOf(UseOf(id(0), 2)), RefreshOutcome::kRotated);
  EXPECT_EQ(OutcomeOf(UseOf(id(2), 1)), RefreshOutcome::kRotated);
  EXPECT_EQ(OutcomeOf(UseOf(id(3), 1)), RefreshOutcome::kRotated);
}

TEST_P(RefreshContract, ALegacyTokenIsGoodOnceAndItsSuccessorsFollow) {
  RefreshUse legacy = UseOf(kFamily, 0);
  legacy.is_legacy = true;
  EXPECT_EQ(Use(legacy).number, 1);
  EXPECT_EQ(OutcomeOf(legacy), RefreshOutcome::kRepeated);
  EXPECT_EQ(Use(WithoutGrace(UseOf(kFamily, 1))).number, 2);
  EXPECT_EQ(OutcomeOf(legacy), RefreshOutcome::kReused);
  EXPECT_EQ(OutcomeOf(UseOf(kFamily, 2)), RefreshOutcome::kEnded);
  EXPECT_EQ(OutcomeOf(legacy), RefreshOutcome::kEnded);
}

TEST_P(RefreshContract, WhatALegacyTokenMadeIsNotForgotten) {
  RefreshUse legacy = WithoutGrace(UseOf(kFamily, 0));
  legacy.is_legacy = true;
  ASSERT_EQ(OutcomeOf(legacy), RefreshOutcome::kRotated);
  for (int i = 0; i < 5; ++i) {
    Begin("0190b5a0-0000-7000-8000-00000000020" + std::to_string(i), "alice", 1);
  }
  EXPECT_EQ(OutcomeOf(legacy), RefreshOutcome::kReused);
}

TEST_P(RefreshContract, OfManyAtOnceOneRotates) {
  Begin(kFamily);
  std::atomic<int> rotated = 0;
  std::atomic<int> repeated = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const RefreshResult result = Use(UseOf(kFamily, 1));
      EXPECT_EQ(result.number, 2);
      if (result.outcome == RefreshOutcome::kRotated) ++rotated;
      if (result.outcome == RefreshOutcome::kRepeated) ++repeated;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(rotated, 1);
  EXPECT_EQ(repeated, 7);
}

TEST_P(RefreshContract, SignInsOfOneAccountAtOnceDoNotBlockEachOther) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < 10; ++j) {
        const std::string id =
            "0190b5a0-0000-7000-8000-0000000003" + std::to_string(i) + std::to_string(j);
        EXPECT_TRUE(store().BeginFamily(id, "alice", absl::Hours(1), 2).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_P(RefreshContract, EndedFamiliesAreListedFromTheNewestOn) {
  for (const char* id : {kFamily, kOther}) {
    Begin(id);
    ASSERT_EQ(OutcomeOf(UseOf(id, 5)), RefreshOutcome::kReused);
  }
  EXPECT_THAT(EndedFamilies(), ElementsAre(kOther, kFamily));
  EXPECT_THAT(*store().ListEndedFamilies(absl::Hours(1), 1), SizeIs(1));
  EXPECT_THAT(*store().ListEndedFamilies(absl::ZeroDuration(), 1), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(, RefreshContract, ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace ledgercast::testing
