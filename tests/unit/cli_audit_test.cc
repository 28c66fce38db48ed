#include "services/cli/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "services/cli/audit_accounts.h"
#include "services/cli/audit_report.h"
#include "tests/support/ledger_maker.h"

namespace ledgercast::cli {
namespace {

using ledgercast::testing::LedgerMaker;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using History = std::vector<v1::Transaction>;

class AuditTest : public ::testing::Test {
 protected:
  AuditTest() {
    LedgerMaker ledger;
    ledger.Add("bank", "ann", 100);
    ledger.Add("bank", "bob", 50);
    ledger.Add("ann", "bob", 30, "Lunch");
    ledger.Add("bob", "ann", 30);
    ledger.Add("bob", "cid", 20);
    history_ = ledger.all();
    history_[3].set_reverses(history_[2].id());
    Rehash(3);
  }

  // Makes the hashes from `index` on right again, as one would who can write everything.
  void Rehash(size_t index) {
    Hash hash = GenesisHash(LedgerMaker::kLedger);
    if (index > 0) HashFromHex(history_[index - 1].hash(), &hash);
    for (; index < history_.size(); ++index) {
      hash = ChainHash(hash, history_[index]);
      history_[index].set_hash(HashToHex(hash));
    }
  }

  Position Head() const { return {history_.back().sequence(), CheckOfHex(history_.back().hash())}; }

  Audit Run() {
    const auto find = [this](const std::string& id) -> absl::StatusOr<v1::Transaction> {
      for (const auto& transaction : history_) {
        if (transaction.id() == id) return transaction;
      }
      return absl::NotFoundError(id);
    };
    Audit audit(LedgerMaker::kLedger, find, 100);
    for (const auto& transaction : history_) EXPECT_TRUE(audit.Add(transaction).ok());
    audit.Finish(Head());
    return audit;
  }

  // "sequence check" of every problem.
  static std::vector<std::string> Found(Audit audit) {
    std::vector<std::string> found;
    for (const Problem& problem : audit.problems()->kept()) {
      found.push_back(std::to_string(problem.sequence) + " " + problem.check);
    }
    return found;
  }

  History history_;
};

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
  history_[2].set_amount(31);
  Audit audit = Run();
  EXPECT_THAT(Found(audit), ElementsAre("3 hash", "3 balance", "3 balance", "4 reversal"));
}

TEST_F(AuditTest, AnyChangedFieldIsNamed) {
  const std::vector<std::function<void(v1::Transaction*)>> changes = {
      [](auto* t) { t->set_id("00000000-0000-7000-8000-00000000ffff"); },
      [](auto* t) { t->set_description("Dinner"); },
      [](auto* t) { (*t->mutable_metadata())["k"] = "v"; },
      [](auto* t) { t->mutable_create_time()->set_seconds(1); },
      [](auto* t) { t->set_currency("USD"); },
      [](auto* t) { t->set_hash(std::string(64, '0')); },
      [](auto* t) { t->set_from_previous(3); },
  };
  const History untouched = history_;
  for (size_t i = 0; i < changes.size(); ++i) {
    history_ = untouched;
    changes[i](&history_[1]);
    EXPECT_THAT(Found(Run()), ::testing::Contains("2 hash")) << "change " << i;
  }
}

TEST_F(AuditTest, AHashThatWasMadeAnewIsFoundAtTheNextTransaction) {
  history_[1].set_description("other");
  Hash previous;
  HashFromHex(history_[0].hash(), &previous);
  history_[1].set_hash(HashToHex(ChainHash(previous, history_[1])));
  EXPECT_THAT(Found(Run()), ElementsAre("3 hash"));
}

TEST_F(AuditTest, AMissingTransactionIsAGapAndBreaksTheChainsOfItsAccounts) {
  history_.erase(history_.begin() + 1);
  EXPECT_THAT(Found(Run()), ElementsAre("3 sequence", "3 chain", "3 balance", "0 sum"));
}

TEST_F(AuditTest, BalancesMustFollowEvenWhereAllHashesWereMadeAnew) {
  history_[4].set_to_balance(21);
  Rehash(4);
  EXPECT_THAT(Found(Run()), ElementsAre("5 balance", "0 sum"));
}

TEST_F(AuditTest, AReversalTakesBackOneEarlierTransactionOnce) {
  history_[3].set_reverses("00000000-0000-7000-8000-00000000ffff");
  Rehash(3);
  EXPECT_THAT(Found(Run()), ElementsAre("4 reversal"));
  history_[3].set_reverses(history_[4].id());
  Rehash(3);
  Audit audit = Run();
  EXPECT_THAT(Found(audit), ElementsAre("4 reversal", "4 reversal", "4 reversal"));
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
  EXPECT_THAT(Found(audit), ElementsAre("3 reversal"));
  EXPECT_THAT(audit.problems()->kept()[0].message, HasSubstr("which was reversed before"));
}

TEST_F(AuditTest, AHistoryThatEndsElsewhereThanItsHeadIsTold) {
  Audit audit(LedgerMaker::kLedger, nullptr, 1);
  EXPECT_TRUE(audit.Add(history_[0]).ok());
  audit.Finish(Head());
  EXPECT_EQ(audit.problems()->count(), 1);
  EXPECT_EQ(audit.problems()->kept()[0].check, "cursor");
}

TEST_F(AuditTest, AllProblemsAreCountedAndTheFirstKept) {
  Problems problems(2);
  for (int i = 1; i <= 5; ++i) problems.Add({i, "", "hash", ""});
  EXPECT_EQ(problems.count(), 5);
  ASSERT_EQ(problems.kept().size(), 2u);
  EXPECT_EQ(problems.kept()[1].sequence, 2);
}

class CompareAccountsTest : public AuditTest {
 protected:
  CompareAccountsTest() : audit_(Run()) {
    for (const auto& [name, state] : audit_.accounts()) SetBalance(name, state.balance);
    SetBalance("idle", 0);
  }

  void SetBalance(const std::string& name, int64_t balance) {
    v1::Account& account = accounts_[name];
    account.set_name(name);
    account.set_currency("PTS");
    account.set_balance(balance);
  }

  std::vector<std::string> Compare() {
    const AccountSource source = {
        [this](const v1::ListAccountsRequest& request) -> absl::StatusOr<v1::ListAccountsResponse> {
          v1::ListAccountsResponse page;
          auto it = accounts_.upper_bound(request.page_token());
          *page.add_accounts() = it->second;
          if (std::next(it) != accounts_.end()) page.set_next_page_token(it->first);
          return page;
        },
        [this](const v1::GetAccountRequest& request) -> absl::StatusOr<v1::Account> {
          EXPECT_EQ(request.at(), "the end");
          v1::Account account;
          account.set_name(request.name());
          account.set_balance(then_[request.name()]);
          return account;
        }};
    EXPECT_TRUE(CompareAccounts(source, "the end", &audit_).ok());
    std::vector<std::string> messages;
    for (const Problem& problem : audit_.problems()->kept()) messages.push_back(problem.message);
    return messages;
  }

  Audit audit_;
  std::map<std::string, v1::Account> accounts_;
  std::map<std::string, int64_t> then_;
};

TEST_F(CompareAccountsTest, AgreeingOnesAreFine) { EXPECT_THAT(Compare(), IsEmpty()); }

TEST_F(CompareAccountsTest, OnesThatMovedOnAreAskedAsTheyWere) {
  SetBalance("ann", 7);
  then_["ann"] = 100;
  EXPECT_THAT(Compare(), IsEmpty());
}

TEST_F(CompareAccountsTest, DisagreeingMissingAndForeignOnesAreTold) {
  SetBalance("ann", 7);
  then_["ann"] = 99;
  accounts_["bob"].set_currency("USD");
  accounts_.erase("cid");
  SetBalance("idle", 1);
  then_["idle"] = 1;
  EXPECT_THAT(Compare(), ElementsAre("account 'ann' has 99 there, its transactions make 100",
                                     "account 'bob' is in USD, its transactions are in PTS",
                                     "account 'idle' has 1 there, its transactions make 0",
                                     "account 'cid' has transactions and is not there"));
}

TEST(AuditReportTest, SaysWhetherTheLedgerIsSoundAndWhatIsNot) {
  AuditReport report;
  report.transactions = 1'000;
  EXPECT_THAT(FormatReport(report), HasSubstr("The ledger is sound.\n"));
  EXPECT_THAT(FormatReportJson(report), HasSubstr("{\"sound\":true,"));
  report.problem_count = 3;
  report.problems = {{7, "the-id", "hash", "what"}};
  EXPECT_THAT(FormatReport(report), HasSubstr("       7  hash       the-id  what\n"));
  EXPECT_THAT(FormatReport(report), HasSubstr("3 problems, of which the first 1 are above"));
  EXPECT_THAT(
      FormatReportJson(report),
      HasSubstr("\"problemCount\":\"3\",\"problems\":[{\"sequence\":\"7\",\"id\":\"the-id\","
                "\"check\":\"hash\",\"message\":\"what\"}]"));
}

}  // namespace
}  // namespace ledgercast::cli
