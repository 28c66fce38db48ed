#include "services/transaction/posting/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "services/common/base/errors.h"
#include "services/common/base/proto_time.h"
#include "tests/support/ledger_writer.h"

namespace ledgercast::testing {
namespace {

constexpr char kLedger[] = "0123456789abcdef";
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

std::string IdOf(int number) {
  const std::string digits = std::to_string(number);
  return "00000000-0000-7000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

std::string ReasonOf(const absl::StatusOr<Posted>& outcome) {
  return outcome.ok() ? "OK" : GetErrorInfo(outcome.status()).reason();
}

class DecideTest : public ::testing::Test {
 protected:
  DecideTest() {
    head_.ledger = kLedger;
    head_.hash = GenesisHash(kLedger);
    for (const char* name : {"alice", "bob", "carol"}) Open(name, "PTS");
    Open("euro", "EUR");
  }

  AccountState& Open(const std::string& name, const std::string& currency) {
    AccountState& state = accounts_[name];
    state.id = static_cast<int64_t>(accounts_.size());
    state.currency = currency;
    return state;
  }

  static Posting Pay(int number, const std::string& from, const std::string& to, int64_t amount,
                     const std::string& caller = "alice") {
    Posting posting;
    posting.request.set_id(IdOf(number));
    posting.request.set_from_account(from);
    posting.request.set_to_account(to);
    posting.request.set_amount(amount);
    posting.caller = caller;
    return posting;
  }

  DecidedEach Run(const std::vector<Posting>& postings) {
    DecidedEach decisions = DecideEach(postings, known_, head_, now_, &accounts_);
    head_ = decisions.head;
    return decisions;
  }

  std::vector<std::string> Reasons(const std::vector<Posting>& postings) {
    std::vector<std::string> reasons;
    for (const auto& outcome : Run(postings).outcomes) reasons.push_back(ReasonOf(outcome));
    return reasons;
  }

  std::string Reason(const Posting& posting) { return Reasons({posting}).front(); }

  // What the ledger knows from now on.
  void Remember(const DecidedEach& decisions) {
    for (const LedgerEntry& entry : decisions.entries) known_.by_id[entry.transaction.id()] = entry;
  }

  Head head_;
  absl::Time now_ = absl::FromUnixMicros(1'700'000'000'123'456);
  AccountStates accounts_;
  KnownEntries known_;
};

TEST_F(DecideTest, APostedTransferHoldsWhatWasAskedAndWhatTheLedgerAdds) {
  Posting posting = Pay(1, "alice", "bob", 30);
  posting.request.set_description("lunch");
  (*posting.request.mutable_metadata())["order"] = "7";
  const DecidedEach decisions = Run({posting});
  ASSERT_TRUE(decisions.outcomes[0].ok());
  EXPECT_FALSE(decisions.outcomes[0]->replayed);
  const v1::Transaction& transaction = decisions.outcomes[0]->transaction;
  EXPECT_EQ(transaction.sequence(), 1);
  EXPECT_EQ(transaction.id(), IdOf(1));
  EXPECT_EQ(transaction.from_account(), "alice");
  EXPECT_EQ(transaction.to_account(), "bob");
  EXPECT_EQ(transaction.amount(), 30);
  EXPECT_EQ(transaction.currency(), "PTS");
  EXPECT_EQ(transaction.description(), "lunch");
  EXPECT_EQ(transaction.metadata().at("order"), "7");
  EXPECT_EQ(FromProto(transaction.create_time()), now_);
  ASSERT_EQ(decisions.entries.size(), 1u);
  EXPECT_EQ(decisions.entries[0].transaction.SerializeAsString(), transaction.SerializeAsString());
  EXPECT_EQ(decisions.entries[0].caller, "alice");
  EXPECT_EQ(decisions.entries[0].from_id, accounts_["alice"].id);
  EXPECT_EQ(decisions.entries[0].to_id, accounts_["bob"].id);
}

TEST_F(DecideTest, LinksAndBalancesFollowEachAccountThroughTheBatch) {
  const DecidedEach decisions = Run({Pay(1, "alice", "bob", 30), Pay(2, "bob", "carol", 10),
                                     Pay(3, "carol", "alice", 4), Pay(4, "alice", "bob", 1)});
  // sequence, from_previous, to_previous, from_balance, to_balance; by hand.
  const std::vector<std::vector<int64_t>> expected = {
      {1, 0, 0, -30, 30}, {2, 1, 0, 20, 10}, {3, 2, 1, 6, -26}, {4, 3, 2, -27, 21}};
  std::vector<std::vector<int64_t>> found;
  for (const LedgerEntry& entry : decisions.entries) {
    const v1::Transaction& t = entry.transaction;
    found.push_back(
        {t.sequence(), t.from_previous(), t.to_previous(), t.from_balance(), t.to_balance()});
  }
  EXPECT_EQ(found, expected);
  EXPECT_EQ(accounts_["alice"].balance, -27);
  EXPECT_EQ(accounts_["alice"].newest, 4);
  EXPECT_EQ(accounts_["carol"].newest, 3);
}

TEST_F(DecideTest, EveryTransactionCarriesTheHashOfTheOneBeforeIt) {
  DecidedEach decisions = Run({Pay(1, "alice", "bob", 30), Pay(2, "bob", "carol", 10)});
  const DecidedEach next = Run({Pay(3, "bob", "carol", 1)});
  decisions.entries.insert(decisions.entries.end(), next.entries.begin(), next.entries.end());
  Hash hash = GenesisHash(kLedger);
  for (const LedgerEntry& entry : decisions.entries) {
    v1::Transaction content = entry.transaction;
    content.clear_hash();
    hash = ChainHash(hash, content);
    EXPECT_EQ(entry.transaction.hash(), HashToHex(hash));
  }
  EXPECT_EQ(next.head.hash, hash);
  EXPECT_EQ(next.head.sequence, 3);
  EXPECT_EQ(next.head.ledger, kLedger);
}

TEST_F(DecideTest, UnknownAccountsAreNamedTheSenderFirst) {
  const DecidedEach decisions =
      Run({Pay(1, "nobody", "noone", 1), Pay(2, "alice", "noone", 1), Pay(3, "nobody", "bob", 1)});
  std::vector<std::string> named;
  for (const auto& outcome : decisions.outcomes) {
    EXPECT_TRUE(absl::IsNotFound(outcome.status()));
    EXPECT_EQ(ReasonOf(outcome), reason::kAccountNotFound);
    named.push_back(GetErrorInfo(outcome.status()).metadata().at("account"));
  }
  EXPECT_THAT(named, ::testing::ElementsAre("nobody", "noone", "nobody"));
  EXPECT_TRUE(decisions.entries.empty());
  EXPECT_EQ(decisions.head.sequence, 0);
}

TEST_F(DecideTest, CurrenciesMustAgree) {
  EXPECT_EQ(Reason(Pay(1, "alice", "euro", 1)), reason::kCurrencyMismatch);
  EXPECT_EQ(Reason(Pay(2, "euro", "alice", 1)), reason::kCurrencyMismatch);
}

TEST_F(DecideTest, AMinimumBalanceMayBeReachedButNotPassed) {
  accounts_["alice"].minimum_balance = -100;
  EXPECT_THAT(Reasons({Pay(1, "alice", "bob", 101), Pay(2, "alice", "bob", 100),
                       Pay(3, "alice", "bob", 1)}),
              ::testing::ElementsAre(reason::kInsufficientFunds, "OK", reason::kInsufficientFunds));
}

TEST_F(DecideTest, AMinimumOfZeroIsALimitAndAnUnsetOneIsNone) {
  accounts_["alice"].minimum_balance = 0;
  EXPECT_EQ(Reason(Pay(1, "alice", "bob", 1)), reason::kInsufficientFunds);
  EXPECT_EQ(Reason(Pay(2, "bob", "alice", 1'000'000)), "OK");
}

TEST_F(DecideTest, AnItemSeesWhatTheOnesBeforeItInTheBatchLeft) {
  accounts_["alice"].minimum_balance = 0;
  EXPECT_THAT(
      Reasons({Pay(1, "alice", "bob", 5), Pay(2, "bob", "alice", 5), Pay(3, "alice", "bob", 5),
               Pay(4, "alice", "bob", 5)}),
      ::testing::ElementsAre(reason::kInsufficientFunds, "OK", "OK", reason::kInsufficientFunds));
}

TEST_F(DecideTest, TheFirstBrokenRuleIsTheAnswer) {
  Remember(Run({Pay(1, "alice", "bob", 1)}));
  accounts_["alice"].minimum_balance = 0;
  accounts_["alice"].balance = 0;
  EXPECT_THAT(Reasons({
                  Pay(1, "nobody", "euro", 9),   // a known id, and no such account
                  Pay(2, "nobody", "euro", 9),   // no such account, and another currency
                  Pay(3, "alice", "euro", 9),    // another currency, and too poor
                  Pay(4, "alice", "bob", kMax),  // too poor, and an overflow
              }),
              ::testing::ElementsAre(reason::kTransactionExists, reason::kAccountNotFound,
                                     reason::kCurrencyMismatch, reason::kInsufficientFunds));
}

TEST_F(DecideTest, ARepeatAnswersTheTransactionAsFirstPosted) {
  const DecidedEach first = Run({Pay(1, "alice", "bob", 1)});
  Remember(first);
  accounts_["alice"].minimum_balance = 0;
  now_ += absl::Hours(1);
  const DecidedEach second = Run({Pay(1, "alice", "bob", 1)});
  ASSERT_TRUE(second.outcomes[0].ok());
  EXPECT_TRUE(second.outcomes[0]->replayed);
  EXPECT_EQ(second.outcomes[0]->transaction.SerializeAsString(),
            first.outcomes[0]->transaction.SerializeAsString());
  EXPECT_TRUE(second.entries.empty());
  EXPECT_EQ(second.head.sequence, 1);
}

TEST_F(DecideTest, ARepeatWithinOneBatchIsPostedOnce) {
  const DecidedEach decisions = Run({Pay(1, "alice", "bob", 1), Pay(1, "alice", "bob", 1),
                                     Pay(1, "alice", "bob", 2), Pay(1, "alice", "bob", 1, "bob")});
  ASSERT_TRUE(decisions.outcomes[0].ok());
  ASSERT_TRUE(decisions.outcomes[1].ok());
  EXPECT_FALSE(decisions.outcomes[0]->replayed);
  EXPECT_TRUE(decisions.outcomes[1]->replayed);
  EXPECT_EQ(decisions.outcomes[1]->transaction.sequence(), 1);
  EXPECT_EQ(ReasonOf(decisions.outcomes[2]), reason::kTransactionExists);
  EXPECT_EQ(ReasonOf(decisions.outcomes[3]), reason::kTransactionExists);
  EXPECT_EQ(decisions.entries.size(), 1u);
  EXPECT_EQ(accounts_["bob"].balance, 1);
}

TEST_F(DecideTest, EveryFieldOfTheContentTellsARepeatFromAnotherTransaction) {
  Posting original = Pay(1, "alice", "bob", 5);
  original.request.set_description("rent");
  (*original.request.mutable_metadata())["month"] = "May";
  Remember(Run({original}));
  std::vector<Posting> others(7, original);
  others[0].request.set_from_account("carol");
  others[1].request.set_to_account("carol");
  others[2].request.set_amount(6);
  others[3].request.set_description("Rent");
  (*others[4].request.mutable_metadata())["month"] = "June";
  (*others[5].request.mutable_metadata())["year"] = "1999";
  others[6].request.clear_metadata();
  for (const Posting& other : others) {
    EXPECT_EQ(Reason(other), reason::kTransactionExists) << other.request.ShortDebugString();
  }
  EXPECT_EQ(Reason(original), "OK");
}

TEST_F(DecideTest, ARefusedRequestLeavesItsIdFree) {
  accounts_["alice"].minimum_balance = 0;
  const DecidedEach decisions =
      Run({Pay(1, "alice", "bob", 5), Pay(2, "bob", "alice", 5), Pay(1, "alice", "bob", 5)});
  EXPECT_EQ(ReasonOf(decisions.outcomes[0]), reason::kInsufficientFunds);
  ASSERT_TRUE(decisions.outcomes[2].ok());
  EXPECT_FALSE(decisions.outcomes[2]->replayed);
}

TEST_F(DecideTest, ValidateOnlyAnswersWhatWouldBePostedAndPostsNothing) {
  Posting dry = Pay(1, "alice", "bob", 5);
  dry.request.set_validate_only(true);
  const DecidedEach decisions = Run({dry, Pay(2, "alice", "bob", 1), Pay(1, "alice", "bob", 5)});
  ASSERT_TRUE(decisions.outcomes[0].ok());
  const v1::Transaction& transaction = decisions.outcomes[0]->transaction;
  EXPECT_EQ(transaction.sequence(), 0);
  EXPECT_FALSE(transaction.has_hash());
  EXPECT_EQ(transaction.from_balance(), -5);
  ASSERT_EQ(decisions.entries.size(), 2u);
  EXPECT_EQ(decisions.entries[0].transaction.from_balance(), -1);
  // Its id was not used up by it.
  EXPECT_FALSE(decisions.outcomes[2]->replayed);
}

TEST_F(DecideTest, ValidateOnlyIsHeldToTheSameRules) {
  accounts_["alice"].minimum_balance = 0;
  Posting dry = Pay(1, "alice", "bob", 5);
  dry.request.set_validate_only(true);
  EXPECT_EQ(Reason(dry), reason::kInsufficientFunds);
}

TEST_F(DecideTest, TimeNeverDecreasesAlongTheLedger) {
  const absl::Time later = now_ + absl::Seconds(5);
  head_.create_time = later;
  const DecidedEach behind = Run({Pay(1, "alice", "bob", 1)});
  EXPECT_EQ(FromProto(behind.entries[0].transaction.create_time()), later);
  EXPECT_EQ(behind.head.create_time, later);
  now_ = later + absl::Seconds(1);
  EXPECT_EQ(Run({Pay(2, "alice", "bob", 1)}).head.create_time, now_);
}

TEST_F(DecideTest, TimesAreWholeMicrosecondsAsTheyAreStored) {
  now_ += absl::Nanoseconds(789);
  const DecidedEach decisions = Run({Pay(1, "alice", "bob", 1)});
  EXPECT_EQ(decisions.entries[0].transaction.create_time().nanos(), 123'456'000);
  EXPECT_EQ(decisions.head.create_time, FromProto(decisions.entries[0].transaction.create_time()));
}

}  // namespace
}  // namespace ledgercast::testing
