// The limits of amounts and balances, and what refusals tell of accounts that their caller may
// not see.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "services/common/base/errors.h"
#include "services/transaction/posting/limits.h"
#include "tests/support/ledger_writer.h"

namespace ledgercast::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DecideLimitsTest : public ::testing::Test {
 protected:
  DecideLimitsTest() {
    head_.ledger = "0123456789abcdef";
    head_.hash = GenesisHash(head_.ledger);
    for (const char* name : {"alice", "bob"}) Open(name, "PTS");
    Open("euro", "EUR");
  }

  void Open(const std::string& name, const std::string& currency) {
    accounts_[name].id = static_cast<int64_t>(accounts_.size());
    accounts_[name].currency = currency;
  }

  absl::Status Run(const PostingUnit& unit) {
    const std::vector<const PostingUnit*> units = {&unit};
    return Decide(units, {}, head_, absl::UnixEpoch(), &accounts_).outcomes.front().status();
  }

  static Posting AsAdmin(const std::string& from, const std::string& to, int64_t amount) {
    Posting posting = Transfer(from, to, amount);
    posting.sees_receiver = true;
    return posting;
  }

  static std::string ReasonOf(const absl::Status& status) {
    return status.ok() ? "OK" : GetErrorInfo(status).reason();
  }

  Head head_;
  AccountStates accounts_;
};

TEST_F(DecideLimitsTest, ABalanceReachesItsLimitsAndNeverPassesThem) {
  accounts_["alice"].balance = -kMaxBalance + 1;
  accounts_["bob"].balance = kMaxBalance - 1;
  EXPECT_EQ(ReasonOf(Run({AsAdmin("alice", "bob", 2)})), reason::kBalanceOverflow);
  EXPECT_EQ(ReasonOf(Run({AsAdmin("alice", "bob", 1)})), "OK");
  EXPECT_EQ(accounts_["alice"].balance, -kMaxBalance);
  EXPECT_EQ(accounts_["bob"].balance, kMaxBalance);
  Open("carol", "PTS");
  EXPECT_EQ(ReasonOf(Run({AsAdmin("alice", "carol", 1)})), reason::kBalanceOverflow);
  EXPECT_EQ(ReasonOf(Run({AsAdmin("carol", "bob", 1)})), reason::kBalanceOverflow);
  EXPECT_EQ(ReasonOf(Run({AsAdmin("bob", "alice", kMaxAmount)})), "OK");
}

TEST_F(DecideLimitsTest, WhatALedgerHeldBeforeThereWereLimitsCanStillMoveBack) {
  accounts_["alice"].balance = std::numeric_limits<int64_t>::max();
  accounts_["bob"].balance = std::numeric_limits<int64_t>::min();
  EXPECT_EQ(ReasonOf(Run({AsAdmin("bob", "alice", 1)})), reason::kBalanceOverflow);
  EXPECT_EQ(ReasonOf(Run({AsAdmin("alice", "bob", std::numeric_limits<int64_t>::max())})), "OK");
  EXPECT_EQ(accounts_["alice"].balance, 0);
  EXPECT_EQ(accounts_["bob"].balance, -1);
}

TEST_F(DecideLimitsTest, WhoeverMaySeeAnAccountIsToldWhatItHolds) {
  accounts_["bob"].balance = kMaxBalance;
  const auto info = GetErrorInfo(Run({AsAdmin("alice", "bob", 7)}));
  EXPECT_EQ(info.metadata().at("account"), "bob");
  EXPECT_EQ(info.metadata().at("balance"), std::to_string(kMaxBalance));
  EXPECT_EQ(info.metadata().at("amount"), "7");
  accounts_["alice"].balance = -kMaxBalance;
  // One's own side is told to everybody.
  EXPECT_EQ(GetErrorInfo(Run({Transfer("alice", "bob", 7)})).metadata().at("account"), "alice");
}

// What trying costs nothing: refused transfers, atomic batches that are refused, and what is
// only validated.
class Probes : public DecideLimitsTest {
 protected:
  static std::vector<PostingUnit> All() {
    std::vector<PostingUnit> units;
    for (const std::vector<int64_t>& amounts : std::vector<std::vector<int64_t>>{
             {1},
             {1 << 20},
             {int64_t{1} << 52},
             {kMaxAmount},
             {kMaxAmount - 1, 1},
             {int64_t{1} << 51, int64_t{1} << 51},
             {1, 2, 3},
         }) {
      for (const bool dry : {false, true}) {
        PostingUnit unit;
        for (const int64_t amount : amounts) {
          unit.push_back(Transfer("alice", "bob", amount));
          unit.back().request.set_validate_only(dry);
        }
        units.push_back(std::move(unit));
      }
    }
    return units;
  }

  // What each of them answers while bob holds `balance`.
  std::vector<absl::Status> AnswersAt(int64_t balance) {
    std::vector<absl::Status> answers;
    for (const PostingUnit& unit : All()) {
      accounts_["alice"].balance = 0;
      accounts_["bob"].balance = balance;
      answers.push_back(Run(unit));
    }
    return answers;
  }
};

TEST_F(Probes, TellNothingOfABalanceButThatItIsFull) {
  const auto usual = AnswersAt(0);
  for (const absl::Status& answer : usual) EXPECT_TRUE(answer.ok()) << answer;
  for (const int64_t balance : {-kMaxBalance, int64_t{5}, kMaxBalance - kMaxAmount}) {
    EXPECT_EQ(AnswersAt(balance), usual) << balance;
  }
  const auto full = AnswersAt(kMaxBalance);
  for (const absl::Status& answer : full) {
    EXPECT_EQ(ReasonOf(answer), reason::kBalanceOverflow);
    EXPECT_THAT(answer.ToString(), Not(HasSubstr("bob")));
  }
  for (const int64_t balance : {kMaxBalance - kMaxAmount + 1, kMaxBalance - 5}) {
    EXPECT_EQ(AnswersAt(balance), full) << balance;
  }
}

TEST_F(DecideLimitsTest, ACurrencyIsNamedToThoseWhoMaySeeItsAccount) {
  const absl::Status told = Run({AsAdmin("alice", "euro", 1)});
  EXPECT_EQ(GetErrorInfo(told).metadata().at("toCurrency"), "EUR");
  const absl::Status member = Run({Transfer("alice", "euro", 1)});
  EXPECT_EQ(ReasonOf(member), reason::kCurrencyMismatch);
  EXPECT_EQ(GetErrorInfo(member).metadata().at("fromCurrency"), "PTS");
  EXPECT_FALSE(GetErrorInfo(member).metadata().contains("toCurrency"));
  EXPECT_THAT(member.ToString(), Not(HasSubstr("EUR")));
}

}  // namespace
}  // namespace ledgercast::testing
