#include "services/transaction/api/revocations.h"

#include <gtest/gtest.h>

#include "services/common/base/errors.h"
#include "tests/support/fake_store.h"
#include "tests/support/ledger_writer.h"

namespace ledgercast::testing {
namespace {

Identity TokenOf(const std::string& subject, int64_t generation,
                 absl::Time issued_at = absl::Now()) {
  Identity identity;
  identity.subject = subject;
  identity.generation = generation;
  identity.issued_at = issued_at;
  return identity;
}

TEST(RevokedTokensTest, AreThoseOfAnEarlierGeneration) {
  const RevokedTokens revoked({{"ann", 3}}, absl::InfinitePast());
  EXPECT_TRUE(revoked.Contains(TokenOf("ann", 0)));
  EXPECT_TRUE(revoked.Contains(TokenOf("ann", 2)));
  EXPECT_FALSE(revoked.Contains(TokenOf("ann", 3)));
  EXPECT_FALSE(revoked.Contains(TokenOf("ann", 4)));
  EXPECT_FALSE(revoked.Contains(TokenOf("bob", 0)));
}

TEST(RevokedTokensTest, TheRelaysAreNoAccounts) {
  const RevokedTokens revoked({{"relay", 3}}, absl::InfiniteFuture());
  Identity relay = TokenOf(std::string(kRelaySubject), 0);
  EXPECT_TRUE(revoked.Contains(relay));
  relay.role = Role::kRelay;
  EXPECT_FALSE(revoked.Contains(relay));
}

TEST(RevokedTokensTest, OneMoreNeverBringsAnEarlierGenerationBack) {
  const RevokedTokens none({}, absl::InfinitePast());
  const auto once = none.With("ann", 5);
  const auto twice = once->With("ann", 2);
  EXPECT_FALSE(none.Contains(TokenOf("ann", 4)));
  EXPECT_TRUE(once->Contains(TokenOf("ann", 4)));
  EXPECT_TRUE(twice->Contains(TokenOf("ann", 4)));
}

TEST(RevokedTokensTest, AreThoseOfAFamilyThatWasEnded) {
  const auto revoked = RevokedTokens({}, absl::InfinitePast(), {"one"}).WithFamily("two");
  Identity token = TokenOf("ann", 0);
  EXPECT_FALSE(revoked->Contains(token));
  for (const auto& [family, is_revoked] :
       {std::pair("one", true), {"two", true}, {"three", false}}) {
    token.family = TokenFamily{family, 1};
    EXPECT_EQ(revoked->Contains(token), is_revoked) << family;
  }
  EXPECT_TRUE(revoked->With("bob", 1)->Contains([] {
    Identity identity = TokenOf("ann", 0);
    identity.family = TokenFamily{"one", 1};
    return identity;
  }()));
}

class RevocationsTest : public ::testing::Test {
 protected:
  RevocationsTest() {
    for (const char* name : {"ann", "bob", "cat"}) {
      EXPECT_TRUE(store_->CreateAccount(AccountOf(name), "").ok());
    }
  }

  absl::StatusOr<std::unique_ptr<Revocations>> TryStart() {
    return Revocations::Start(store_.get(), options_, [this] {
      absl::MutexLock lock(&mu_);
      ++reads_;
      return absl::Now();
    });
  }

  std::unique_ptr<Revocations> Start() {
    auto started = TryStart();
    EXPECT_TRUE(started.ok()) << started.status();
    return *std::move(started);
  }

  // Until the store was read once more, from its beginning to its end: each read asks for the
  // time when it begins.
  void AwaitRead() {
    absl::MutexLock lock(&mu_);
    const int enough = reads_ + 2;
    const auto done = [&] { return reads_ >= enough; };
    mu_.Await(absl::Condition(&done));
  }

  FakeLedger ledger_;
  const std::unique_ptr<Store> store_ = ledger_.MakeStore();
  Revocations::Options options_{.poll_interval = absl::Milliseconds(1)};
  absl::Mutex mu_;
  int reads_ = 0;
};

TEST_F(RevocationsTest, WhatWasRevokedBeforeIsKnownFromTheStart) {
  ASSERT_EQ(*store_->RevokeTokens("ann"), 1);
  const auto revocations = Start();
  EXPECT_TRUE(revocations->Contains(TokenOf("ann", 0)));
  EXPECT_FALSE(revocations->Contains(TokenOf("ann", 1)));
  EXPECT_FALSE(revocations->Contains(TokenOf("bob", 0)));
}

TEST_F(RevocationsTest, NothingStartsWithoutTheDatabase) {
  ledger_.SetAway(true);
  const absl::Status status = TryStart().status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
}

TEST_F(RevocationsTest, WhatAnotherReplicaRevokesIsFound) {
  const auto revocations = Start();
  EXPECT_FALSE(revocations->Contains(TokenOf("ann", 0)));
  ASSERT_TRUE(store_->RevokeTokens("ann").ok());
  AwaitRead();
  EXPECT_TRUE(revocations->Contains(TokenOf("ann", 0)));
}

TEST_F(RevocationsTest, AFamilyThatAnotherReplicaEndsIsFoundAndOneOfItsOwnKnownAtOnce) {
  const auto revocations = Start();
  Identity token = TokenOf("ann", 0);
  token.family = TokenFamily{"family", 1};
  ASSERT_TRUE(store_->BeginFamily("family", "ann", absl::Hours(1), 10).ok());
  AwaitRead();
  EXPECT_FALSE(revocations->Contains(token));
  ASSERT_EQ(store_->UseRefreshToken({"family", "ann", 9, false, absl::Hours(1)})->outcome,
            RefreshOutcome::kReused);
  AwaitRead();
  EXPECT_TRUE(revocations->Contains(token));
  token.family = TokenFamily{"own", 1};
  EXPECT_FALSE(revocations->Contains(token));
  revocations->AddFamily("own");
  EXPECT_TRUE(revocations->Contains(token));
}

TEST_F(RevocationsTest, WhatThisReplicaRevokesIsKnownAtOnceAndStays) {
  const auto revocations = Start();
  for (int64_t generation = 0; generation < 200; ++generation) {
    revocations->Add("ann", *store_->RevokeTokens("ann"));
    ASSERT_TRUE(revocations->Contains(TokenOf("ann", generation)));
    ASSERT_FALSE(revocations->Contains(TokenOf("ann", generation + 1)));
  }
  AwaitRead();
  EXPECT_TRUE(revocations->Contains(TokenOf("ann", 199)));
}

TEST_F(RevocationsTest, AnOutageForgetsNothingAndEndsByItself) {
  ASSERT_TRUE(store_->RevokeTokens("ann").ok());
  const auto revocations = Start();
  ledger_.SetAway(true);
  AwaitRead();
  EXPECT_TRUE(revocations->Contains(TokenOf("ann", 0)));
  ledger_.SetAway(false);
  ASSERT_TRUE(store_->RevokeTokens("bob").ok());
  AwaitRead();
  EXPECT_TRUE(revocations->Contains(TokenOf("bob", 0)));
  EXPECT_TRUE(revocations->Contains(TokenOf("ann", 0)));
}

TEST_F(RevocationsTest, MoreThanFitRevokeWhateverWasIssuedBefore) {
  for (const char* name : {"ann", "bob", "cat"}) ASSERT_TRUE(store_->RevokeTokens(name).ok());
  options_.max_revocations = 2;
  const auto revocations = Start();
  const absl::Time before = absl::Now() - absl::Seconds(10);
  const absl::Time after = absl::Now() + absl::Seconds(10);
  for (const char* name : {"ann", "bob", "cat", "nobody"}) {
    EXPECT_TRUE(revocations->Contains(TokenOf(name, 0, before))) << name;
    EXPECT_FALSE(revocations->Contains(TokenOf(name, 1, after))) << name;
  }
  EXPECT_TRUE(revocations->Contains(TokenOf("cat", 0, after)));
}

TEST_F(RevocationsTest, AsManyAsFitRevokeNobodyElse) {
  for (const char* name : {"ann", "bob"}) ASSERT_TRUE(store_->RevokeTokens(name).ok());
  options_.max_revocations = 2;
  const auto revocations = Start();
  EXPECT_FALSE(revocations->Contains(TokenOf("cat", 0, absl::Now() - absl::Minutes(1))));
}

// A service that is started with a shorter life of tokens keeps revocations for less long: a
// token of before that could have been among them is not good any more.
TEST_F(RevocationsTest, ATokenThatIsOlderThanTokensGetIsNotTrusted) {
  options_.token_lifetime = absl::Minutes(1);
  const auto revocations = Start();
  EXPECT_TRUE(revocations->Contains(TokenOf("ann", 0, absl::Now() - absl::Minutes(3))));
  EXPECT_FALSE(revocations->Contains(TokenOf("ann", 0, absl::Now() - absl::Minutes(1))));
}

}  // namespace
}  // namespace ledgercast::testing
