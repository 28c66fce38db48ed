// What the contract says of passwords and of ending tokens.

#include "tests/contract/store_contract.h"

namespace ledgercast::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RevocationContract : public StoreContract {};

TEST_P(RevocationContract, EachRevocationBeginsAnotherGenerationOfOneAccountsTokens) {
  EXPECT_EQ(store().GetCredentials("alice")->token_generation, 0);
  EXPECT_EQ(*store().RevokeTokens("alice"), 1);
  EXPECT_EQ(*store().RevokeTokens("alice"), 2);
  EXPECT_EQ(store().GetCredentials("alice")->token_generation, 2);
  EXPECT_EQ(store().GetCredentials("bob")->token_generation, 0);
}

TEST_P(RevocationContract, AnotherPasswordEndsTheTokensOfTheOneBefore) {
  ASSERT_TRUE(store().CreateAccount(AccountOf("erin"), "old").ok());
  EXPECT_EQ(*store().SetPassword("erin", "new \"'{} hash", std::nullopt), 1);
  const auto credentials = store().GetCredentials("erin");
  EXPECT_EQ(credentials->password_hash, "new \"'{} hash");
  EXPECT_EQ(credentials->token_generation, 1);
  EXPECT_EQ(credentials->account.name(), "erin");
  EXPECT_EQ(*store().RevokeTokens("erin"), 2);
  EXPECT_EQ(store().GetCredentials("erin")->password_hash, "new \"'{} hash");
}

TEST_P(RevocationContract, APasswordIsSetAfterAGenerationOnlyWhileThatLasts) {
  ASSERT_EQ(*store().RevokeTokens("alice"), 1);
  for (const int64_t other : {0, 2}) {
    const absl::Status status = store().SetPassword("alice", "late", other).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  }
  EXPECT_EQ(store().GetCredentials("alice")->password_hash, "");
  EXPECT_EQ(store().GetCredentials("alice")->token_generation, 1);
  EXPECT_EQ(*store().SetPassword("alice", "in time", 1), 2);
  EXPECT_EQ(store().GetCredentials("alice")->password_hash, "in time");
}

TEST_P(RevocationContract, RevocationsAreListedFromTheNewestOn) {
  EXPECT_THAT(*store().ListRevocations(absl::Hours(1), 10), IsEmpty());
  ASSERT_TRUE(store().RevokeTokens("carol").ok());
  ASSERT_TRUE(store().RevokeTokens("alice").ok());
  ASSERT_TRUE(store().SetPassword("bob", "hash", std::nullopt).ok());
  ASSERT_TRUE(store().RevokeTokens("carol").ok());
  const auto all = store().ListRevocations(absl::Hours(1), 10);
  ASSERT_TRUE(all.ok()) << all.status();
  std::vector<std::pair<std::string, int64_t>> found;
  for (const Revocation& revocation : *all) {
    found.emplace_back(revocation.account, revocation.generation);
    EXPECT_LT(absl::AbsDuration(absl::Now() - revocation.time), absl::Minutes(1));
  }
  EXPECT_THAT(found,
              ElementsAre(std::pair("carol", 2), std::pair("bob", 1), std::pair("alice", 1)));
  const auto newest = store().ListRevocations(absl::Hours(1), 2);
  ASSERT_THAT(*newest, SizeIs(2));
  EXPECT_EQ(newest->back().account, "bob");
}

TEST_P(RevocationContract, RevocationsThatAreTooOldAreNotListed) {
  ASSERT_TRUE(store().RevokeTokens("alice").ok());
  EXPECT_THAT(*store().ListRevocations(absl::ZeroDuration(), 10), IsEmpty());
  EXPECT_THAT(*store().ListRevocations(absl::Hours(1), 10), SizeIs(1));
}

INSTANTIATE_TEST_SUITE_P(, RevocationContract, ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace ledgercast::testing
