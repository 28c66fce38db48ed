#include "services/common/ledger/visibility.h"

#include <gmock/gmock.h>

#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

using ::testing::ElementsAre;

v1::Transaction Between(const std::string& from, const std::string& to) {
  v1::Transaction transaction;
  transaction.set_from_account(from);
  transaction.set_to_account(to);
  transaction.set_from_previous(3);
  transaction.set_to_previous(4);
  transaction.set_from_balance(10);
  transaction.set_to_balance(20);
  transaction.set_hash("00");
  return transaction;
}

TEST(VisibilityTest, AMemberWhoAsksForNothingGetsItsOwn) {
  const auto filter = EffectiveFilter({{"user1"}, false}, {});
  ASSERT_TRUE(filter.ok());
  EXPECT_FALSE(filter->all);
  EXPECT_THAT(filter->accounts, ElementsAre("user1"));
}

TEST(VisibilityTest, AMemberCannotAskForAnother) {
  for (const std::vector<std::string>& accounts :
       {std::vector<std::string>{"user2"}, {"user1", "user2"}}) {
    const auto filter = EffectiveFilter({{"user1"}, false}, accounts);
    EXPECT_TRUE(absl::IsPermissionDenied(filter.status()));
    EXPECT_EQ(GetErrorInfo(filter.status()).reason(), "NOT_ALLOWED");
  }
}

TEST(VisibilityTest, WhoeverSeesAllGetsAllOrWhatItAsksFor) {
  EXPECT_TRUE(EffectiveFilter({{"admin"}, true}, {})->all);
  const auto filter = EffectiveFilter({{"admin"}, true}, {"b", "a", "b"});
  EXPECT_THAT(filter->accounts, ElementsAre("a", "b"));
}

TEST(VisibilityTest, AViewerWithoutAccountsSeesNothing) {
  const Viewer nobody;
  EXPECT_FALSE(MaySeeAccount(nobody, ""));
  EXPECT_FALSE(MaySeeAccount(nobody, "user1"));
  EXPECT_FALSE(AccountFilter().Matches(Between("", "")));
  EXPECT_TRUE(absl::IsPermissionDenied(EffectiveFilter(nobody, {}).status()));
}

TEST(VisibilityTest, AMemberOfSeveralAccountsWatchesAllOrSomeOfThem) {
  const Viewer viewer{{"a", "b", "d"}};
  EXPECT_THAT(EffectiveFilter(viewer, {})->accounts, ElementsAre("a", "b", "d"));
  EXPECT_THAT(EffectiveFilter(viewer, {"d", "a"})->accounts, ElementsAre("a", "d"));
  EXPECT_TRUE(absl::IsPermissionDenied(EffectiveFilter(viewer, {"a", "c"}).status()));
}

TEST(VisibilityTest, AMemberOfBothSidesIsShownBothButNoHash) {
  v1::Transaction transaction = Between("a", "b");
  Redact({{"a", "b"}, false}, &transaction);
  EXPECT_TRUE(transaction.has_from_balance() && transaction.has_to_balance());
  EXPECT_TRUE(transaction.has_from_previous() && transaction.has_to_previous());
  EXPECT_FALSE(transaction.has_hash());
}

TEST(VisibilityTest, TheFilterMatchesEitherSide) {
  const AccountFilter filter = AccountFilter::Of({"user1"});
  EXPECT_TRUE(filter.Matches(Between("user1", "user2")));
  EXPECT_TRUE(filter.Matches(Between("user2", "user1")));
  EXPECT_FALSE(filter.Matches(Between("user2", "user3")));
}

TEST(VisibilityTest, AMemberIsShownItsOwnSideOnly) {
  v1::Transaction sent = Between("user1", "user2");
  Redact({{"user1"}, false}, &sent);
  EXPECT_EQ(sent.from_previous(), 3);
  EXPECT_EQ(sent.from_balance(), 10);
  EXPECT_FALSE(sent.has_to_previous());
  EXPECT_FALSE(sent.has_to_balance());
  EXPECT_FALSE(sent.has_hash());

  v1::Transaction received = Between("user2", "user1");
  Redact({{"user1"}, false}, &received);
  EXPECT_FALSE(received.has_from_previous());
  EXPECT_FALSE(received.has_from_balance());
  EXPECT_EQ(received.to_previous(), 4);
  EXPECT_EQ(received.to_balance(), 20);
}

TEST(VisibilityTest, AnAdminIsShownEverything) {
  v1::Transaction transaction = Between("user1", "user2");
  Redact({{"admin"}, true}, &transaction);
  EXPECT_TRUE(transaction.has_to_previous());
  EXPECT_TRUE(transaction.has_hash());
}

TEST(VisibilityTest, WhoTakesPartSeesATransactionAndNobodyElse) {
  const v1::Transaction transaction = Between("user1", "user2");
  for (const char* side : {"user1", "user2"}) EXPECT_TRUE(TakesPart({{side}, false}, transaction));
  EXPECT_TRUE(TakesPart({{}, true}, transaction));
  EXPECT_FALSE(TakesPart({{"user3"}, false}, transaction));
  EXPECT_FALSE(TakesPart({{}, false}, transaction));
}

}  // namespace
}  // namespace ledgercast
