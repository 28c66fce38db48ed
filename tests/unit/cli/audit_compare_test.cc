#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "services/cli/audit_accounts.h"
#include "services/cli/audit_report.h"
#include "tests/support/cli_audit_fixture.h"

namespace ledgercast::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

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
  report.problems = {{"transactions", "7", {"id", "hash"}, 7, "the-id", "hash", "what"}};
  report.notes = {"the table kept is not known"};
  EXPECT_THAT(FormatReport(report),
              HasSubstr("transactions    7  id,hash  hash       the-id  what\n"));
  EXPECT_THAT(FormatReport(report), HasSubstr("note          the table kept is not known\n"));
  EXPECT_THAT(FormatReport(report), HasSubstr("3 problems, of which the first 1 are above"));
  EXPECT_THAT(
      FormatReportJson(report),
      HasSubstr("\"problemCount\":\"3\",\"problems\":[{\"sequence\":\"7\",\"id\":\"the-id\","
                "\"table\":\"transactions\",\"row\":\"7\",\"columns\":[\"id\",\"hash\"],"
                "\"check\":\"hash\",\"message\":\"what\"}]"));
}

}  // namespace
}  // namespace ledgercast::cli
