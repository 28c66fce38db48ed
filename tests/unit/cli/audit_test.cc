#include "services/cli/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/cli_audit_fixture.h"

namespace ledgercast::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(AuditTest, AnUntouchedLedgerIsSound) {
  Audit audit = Run();
  EXPECT_THAT(Found(audit), IsEmpty());
  EXPECT_EQ(audit.count(), 5);
  EXPECT_EQ(audit.accounts().at("bank").balance, -150);
  EXPECT_EQ(audit.accounts().at("cid").newest, 5);
}

TEST_F(AuditTest, TheDigestIsTheContracts) {
  Sha256 expected;
  for (const auto& transaction : history_) {
    expected.Add(std::to_string(transaction.sequence()) + " " + transaction.id() + " " +
                 transaction.from_account() + " " + transaction.to_account() + " " +
                 std::to_string(transaction.amount()) + " PTS\n");
  }
  EXPECT_EQ(Run().FinishDigest(), HashToHex(expected.Finish()));
}

TEST_F(AuditTest, AChangedAmountIsNamedAndAccusesNobodyElse) {
  history_[1].set_amount(31);
  EXPECT_THAT(Found(Run()), ElementsAre("2 hash amount"));
}

TEST_F(AuditTest, TheColumnIsNamedWhereTheTransactionsAroundTellIt) {
  using Change = std::function<void(v1::Transaction*)>;
  const std::vector<std::pair<const char*, Change>> changes = {
      {"from_previous", [](auto* t) { t->set_from_previous(2); }},
      {"to_previous", [](auto* t) { t->set_to_previous(0); }},
      {"from_balance", [](auto* t) { t->set_from_balance(INT64_MIN); }},
      {"to_balance", [](auto* t) { t->set_to_balance(INT64_MAX); }},
      {"amount", [](auto* t) { t->set_amount(INT64_MAX); }},
      {"currency", [](auto* t) { t->set_currency("USD"); }},
      {"from_account", [](auto* t) { t->set_from_account("cid"); }},
      {"to_account", [](auto* t) { t->set_to_account("admin"); }},
      {"reverses", [this](auto* t) { t->set_reverses(history_[0].id()); }},
      {"metadata", [](auto* t) { (*t->mutable_metadata())["k"] = "v"; }},
      {"create_time", [](auto* t) { t->mutable_create_time()->set_seconds(1); }},
      {"hash", [](auto* t) { t->set_hash(std::string(64, '0')); }},
      {"hash", [](auto* t) { t->set_hash("none"); }},
  };
  const History untouched = history_;
  for (const auto& [column, change] : changes) {
    history_ = untouched;
    change(&history_[2]);
    EXPECT_THAT(Found(Run()), ::testing::Contains("3 hash " + std::string(column)));
  }
}

TEST_F(AuditTest, WhatOnlyTheHashTellsIsNarrowedDown) {
  const History untouched = history_;
  history_[1].set_id("00000000-0000-7000-8000-00000000ffff");
  EXPECT_THAT(Found(Run()), ElementsAre("2 hash id,create_time,reverses,description,metadata"));
  history_ = untouched;
  history_[2].set_description("Dinner");
  EXPECT_THAT(Found(Run()), ElementsAre("3 hash id,create_time,reverses,description,metadata"));
  history_ = untouched;
  history_[4].set_description("the last one");
  history_[4].set_id(history_[0].id());
  EXPECT_THAT(Found(Run()),
              ElementsAre("5 hash id,create_time,reverses,description,metadata,hash"));
}

TEST_F(AuditTest, AHashThatWasMadeAnewIsFoundAtTheNextTransaction) {
  history_[1].set_description("other");
  Hash previous;
  HashFromHex(history_[0].hash(), &previous);
  history_[1].set_hash(HashToHex(ChainHash(previous, history_[1])));
  EXPECT_THAT(Found(Run()), ElementsAre("3 hash id,create_time,reverses,description,metadata"));
}

TEST_F(AuditTest, AMissingTransactionIsAGapAndBreaksTheChainsOfItsAccounts) {
  history_.erase(history_.begin() + 1);
  EXPECT_THAT(Found(Run()), ElementsAre("3 sequence sequence", "3 chain to_previous",
                                        "3 balance to_balance,amount", "0 sum"));
}

TEST_F(AuditTest, BalancesMustFollowEvenWhereAllHashesWereMadeAnew) {
  history_[4].set_to_balance(21);
  Rehash(4);
  EXPECT_THAT(Found(Run()), ElementsAre("5 balance to_balance,amount", "0 sum"));
}

TEST_F(AuditTest, ALimitHoldsForTheTransactionsBehindItsChange) {
  AccountBook::Account bank = *settings_.accounts.Find("bank");
  // Without one at first, then one that forbids the second transaction.
  bank.limits = {{0, std::nullopt}, {1, -149}};
  AccountBook accounts;
  accounts.Add(bank);
  for (const auto& [number, account] : settings_.accounts.all()) accounts.Add(account);
  settings_.accounts = accounts;
  EXPECT_THAT(Found(Run()), ElementsAre("2 limit from_balance"));
}

TEST_F(AuditTest, AmountsAndBalancesStayWithinTheLimitsOfTheContract) {
  LedgerMaker ledger;
  ledger.Add("bank", "ann", int64_t{1} << 53);
  ledger.Add("bank", "bob", (int64_t{1} << 62) + 1);
  history_ = ledger.all();
  EXPECT_THAT(Found(Run()), ElementsAre("1 limit amount", "2 limit amount", "2 limit to_balance"));
  // What is older than the record of changes may be larger.
  settings_.recorded_since = 2;
  EXPECT_THAT(Found(Run()), IsEmpty());
}

TEST_F(AuditTest, ACallerIsThePayerOrAnAdmin) {
  callers_[1] = "bank";
  callers_[2] = "cid";
  callers_[3] = "nobody";
  EXPECT_THAT(Found(Run()), ElementsAre("2 caller caller", "3 caller caller"));
  options_.foreign_callers = true;
  EXPECT_THAT(Found(Run()), IsEmpty());
}

TEST_F(AuditTest, AReversalTakesBackOneEarlierTransactionOnce) {
  history_[3].set_reverses("00000000-0000-7000-8000-00000000ffff");
  Rehash(3);
  EXPECT_THAT(Found(Run()), ElementsAre("4 reversal reverses"));
  history_[3].set_reverses(history_[4].id());
  Rehash(3);
  Audit audit = Run();
  EXPECT_THAT(Found(audit),
              ElementsAre("4 reversal reverses", "4 reversal reverses,from_account,to_account",
                          "4 reversal reverses,amount,currency"));
  EXPECT_THAT(audit.problems()->kept()[0].message, HasSubstr("which is not before it"));
  EXPECT_THAT(audit.problems()->kept()[1].message, HasSubstr("not the opposite"));
  EXPECT_THAT(audit.problems()->kept()[2].message, HasSubstr("which moved 20 PTS"));
}

TEST_F(AuditTest, ASecondReversalIsNamed) {
  LedgerMaker ledger;
  ledger.Add("ann", "bob", 5);
  ledger.Add("bob", "ann", 5);
  ledger.Add("bob", "ann", 5);
  history_ = ledger.all();
  history_[1].set_reverses(history_[0].id());
  history_[2].set_reverses(history_[0].id());
  Rehash(1);
  Audit audit = Run();
  EXPECT_THAT(Found(audit), ElementsAre("3 reversal reverses"));
  EXPECT_THAT(audit.problems()->kept()[0].message, HasSubstr("which was reversed before"));
}

TEST_F(AuditTest, WhereTheHistoryEndsIsItsNewestTransaction) {
  EXPECT_EQ(Run().end(),
            (Position{history_.back().sequence(), CheckOfHex(history_.back().hash())}));
}

TEST_F(AuditTest, AllProblemsAreCountedAndTheFirstKept) {
  Problems problems(2);
  for (int i = 1; i <= 5; ++i) problems.Add("hash", std::to_string(i));
  EXPECT_EQ(problems.count(), 5);
  ASSERT_EQ(problems.kept().size(), 2u);
  EXPECT_EQ(problems.kept()[1].message, "2");
}

}  // namespace
}  // namespace ledgercast::cli
