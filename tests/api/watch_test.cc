// WatchTransactions: where it starts, what it shows, when it speaks.

#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class WatchTest : public ServiceTest {
 protected:
  // How a watch that must not start ends.
  absl::Status Refusal(const std::string& token, const std::string& after,
                       const std::vector<std::string>& accounts = {}) {
    const auto watch = Watch(token, after, accounts);
    EXPECT_FALSE(watch->Next());
    return watch->Finish();
  }
};

TEST_F(WatchTest, AnEmptyLedgerAnswersAtOnceAndIsLive) {
  const auto watch = Watch(AdminToken(), "");
  ASSERT_TRUE(watch->Next());
  EXPECT_EQ(watch->response().transactions_size(), 0);
  EXPECT_TRUE(watch->response().live());
  EXPECT_EQ(watch->response().after(), CursorAt(0));
  EXPECT_EQ(watch->cursor(), CursorAt(0));
}

TEST_F(WatchTest, FromTheBeginningEverythingComesAndThenWhatIsNew) {
  std::vector<v1::Transaction> posted = {Pay("user1", "user2"), Pay("user2", "user3")};
  const auto watch = Watch(AdminToken(), "");
  ASSERT_TRUE(watch->Next());
  EXPECT_EQ(watch->response().after(), CursorAt(0));
  watch->AwaitCursor(CursorAt(2));
  posted.push_back(Pay("user3", "user1"));
  watch->AwaitCursor(CursorAt(3));
  EXPECT_TRUE(watch->response().live());
  ASSERT_EQ(watch->seen().size(), 3u);
  for (size_t i = 0; i < posted.size(); ++i) {
    EXPECT_EQ(watch->seen()[i].DebugString(), posted[i].DebugString());
  }
}

TEST_F(WatchTest, NowMeansOnlyWhatIsNew) {
  Pay("user1", "user2");
  const auto watch = Watch(AdminToken(), "now");
  ASSERT_TRUE(watch->Next());
  EXPECT_EQ(watch->response().after(), CursorAt(1));
  EXPECT_EQ(watch->cursor(), CursorAt(1));
  EXPECT_TRUE(watch->response().live());
  Pay("user1", "user2");
  watch->AwaitTransactions(1);
  EXPECT_THAT(watch->sequences(), ElementsAre(2));
}

TEST_F(WatchTest, NowRightAfterAStartIsTheLedgersHead) {
  Stop();
  std::vector<Posting> postings;
  for (int i = 0; i < 3'000; ++i) postings.push_back(Transfer("user1", "user2", 1));
  PostElsewhere(postings);
  Start();
  const auto watch = Watch(AdminToken(), "now");
  ASSERT_TRUE(watch->Next());
  EXPECT_EQ(watch->response().after(), CursorAt(3'000));
  EXPECT_THAT(watch->seen(), IsEmpty());
}

TEST_F(WatchTest, ACursorGoesOnWhereItWasLeft) {
  for (int i = 0; i < 5; ++i) Pay("user1", "user2");
  const auto first = Watch(AdminToken(), "");
  first->AwaitTransactions(1);
  const auto second = Watch(AdminToken(), CursorAt(3));
  second->AwaitCursor(CursorAt(5));
  EXPECT_THAT(second->sequences(), ElementsAre(4, 5));
  const auto third = Watch(AdminToken(), second->cursor());
  ASSERT_TRUE(third->Next());
  EXPECT_THAT(third->seen(), IsEmpty());
  EXPECT_TRUE(third->response().live());
}

TEST_F(WatchTest, AMemberSeesItsOwnTransactionsAndItsOwnSide) {
  Pay("user1", "user2", 5);
  Pay("user2", "user3", 3);
  Pay("user3", "user1", 2);
  const auto watch = Watch(Token("user1"), "");
  watch->AwaitCursor(CursorAt(3));
  EXPECT_THAT(watch->sequences(), ElementsAre(1, 3));
  const v1::Transaction& sent = watch->seen()[0];
  EXPECT_EQ(sent.from_balance(), -5);
  EXPECT_FALSE(sent.has_to_balance());
  EXPECT_FALSE(sent.has_to_previous());
  EXPECT_FALSE(sent.has_hash());
  const v1::Transaction& received = watch->seen()[1];
  EXPECT_EQ(received.to_balance(), -3);
  EXPECT_EQ(received.to_previous(), 1);
  EXPECT_FALSE(received.has_from_balance());
}

TEST_F(WatchTest, AnAdminMayWatchChosenAccounts) {
  Pay("user1", "user2");
  Pay("user2", "user3");
  Pay("user1", "user3");
  const auto watch = Watch(RelayToken(), "", {"user2", "nobody"});
  watch->AwaitCursor(CursorAt(3));
  EXPECT_THAT(watch->sequences(), ElementsAre(1, 2));
  EXPECT_TRUE(watch->seen()[0].has_hash());
}

TEST_F(WatchTest, AMemberMayNameItselfAndNobodyElse) {
  Pay("user1", "user2");
  const auto watch = Watch(Token("user1"), "", {"user1"});
  watch->AwaitTransactions(1);
  ExpectError(Refusal(Token("user1"), "", {"user1", "user2"}), Code::kPermissionDenied,
              reason::kNotAllowed);
}

TEST_F(WatchTest, AccountsThatAreNoNamesAreRefused) {
  for (const std::string& name : {std::string(), std::string("User 1"), std::string("a\0b", 3)}) {
    ExpectInvalid(Refusal(AdminToken(), "", {name}), "accounts");
  }
  ExpectInvalid(Refusal(AdminToken(), "", std::vector<std::string>(101, "user1")), "accounts");
}

TEST_F(WatchTest, CursorsThatAreOfNoUseAreRefusedWithTheHead) {
  Pay("user1", "user2");
  Pay("user1", "user2");
  for (const std::string& after :
       {FormatCursor("ffffffffffffffff", *store_.PositionAt(1)),  // another ledger
        FormatCursor(ledger(), Position{1, 1}),                   // another history
        FormatCursor(ledger(), Position{0, 1}), FormatCursor(ledger(), Position{3, 1})}) {
    const auto info =
        ExpectError(Refusal(AdminToken(), after), Code::kOutOfRange, reason::kCursorUnknown);
    EXPECT_EQ(info.metadata().at("ledger"), ledger());
    EXPECT_EQ(info.metadata().at("head"), CursorAt(2));
  }
  ExpectInvalid(Refusal(AdminToken(), "yesterday"), "after");
  ExpectInvalid(Refusal(AdminToken(), ledger() + ".0000000000000000.-1"), "after");
}

TEST_F(WatchTest, AnIdleWatcherIsToldThatThereIsNothing) {
  const auto watch = Watch(AdminToken(), "", {}, absl::Milliseconds(100));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(watch->Next());
    EXPECT_EQ(watch->response().transactions_size(), 0);
    EXPECT_EQ(watch->cursor(), CursorAt(0));
  }
}

TEST_F(WatchTest, AMembersProgressMovesOverOthersTransactions) {
  const auto watch = Watch(Token("user3"), "", {}, absl::Milliseconds(100));
  ASSERT_TRUE(watch->Next());
  Pay("user1", "user2");
  Pay("user1", "user2");
  watch->AwaitCursor(CursorAt(2));
  EXPECT_THAT(watch->seen(), IsEmpty());
}

TEST_F(WatchTest, ANegativeProgressIntervalIsRefused) {
  v1::WatchTransactionsRequest request;
  request.mutable_progress_interval()->set_seconds(-1);
  WatchCall watch(transactions_.get(), AdminToken(), request);
  EXPECT_FALSE(watch.Next());
  ExpectInvalid(watch.Finish(), "progress_interval");
}

TEST_F(WatchTest, AWatchEndsWithItsTokenAndTellsTheCursorToGoOnFrom) {
  Pay("user1", "user2");
  const auto watch = Watch(Token("user1", Role::kMember, absl::Milliseconds(2'500)), "");
  while (watch->Next()) continue;
  const auto info = ExpectError(watch->Finish(), Code::kUnauthenticated, reason::kTokenExpired);
  EXPECT_EQ(info.metadata().at("cursor"), CursorAt(1));
  EXPECT_THAT(watch->sequences(), ElementsAre(1));
}

TEST_F(WatchTest, WhatAnotherReplicaPostsComesToo) {
  const auto watch = Watch(AdminToken(), "now");
  ASSERT_TRUE(watch->Next());
  PostElsewhere({Transfer("user1", "user2", 1)});
  watch->AwaitTransactions(1);
  Pay("user1", "user2");
  PostElsewhere({Transfer("user1", "user2", 1), Transfer("user1", "user2", 1)});
  Pay("user1", "user2");
  watch->AwaitTransactions(5);
  EXPECT_THAT(watch->sequences(), ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(WatchTest, AWatcherOfAHistoryThatIsRewoundIsTold) {
  const auto first = Pay("user1", "user2");
  Pay("user1", "user2");
  const auto lost = Watch(AdminToken(), "");
  lost->AwaitCursor(CursorAt(2));
  database_.Rewind(1);
  while (lost->Next()) continue;
  const auto info = ExpectError(lost->Finish(), Code::kOutOfRange, reason::kCursorUnknown);
  EXPECT_EQ(info.metadata().at("head"), CursorOf(first));
  EXPECT_EQ(Pay("user1", "user2").sequence(), 2);
}

}  // namespace
}  // namespace ledgercast::testing
