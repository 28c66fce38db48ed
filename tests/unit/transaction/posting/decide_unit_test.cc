// Units of several postings, all or none, and reversals.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/common/base/errors.h"
#include "tests/support/ledger_writer.h"

namespace ledgercast::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr char kUnitLedger[] = "0123456789abcdef";

class DecideUnitTest : public ::testing::Test {
 protected:
  DecideUnitTest() {
    head_.ledger = kUnitLedger;
    head_.hash = GenesisHash(kUnitLedger);
    for (const char* name : {"alice", "bob", "carol"}) {
      AccountState& state = accounts_[name];
      state.id = static_cast<int64_t>(accounts_.size());
      state.currency = "PTS";
    }
    accounts_["carol"].minimum_balance = 0;
  }

  Decisions Run(const std::vector<PostingUnit>& units) {
    std::vector<const PostingUnit*> pointers;
    for (const PostingUnit& unit : units) pointers.push_back(&unit);
    Decisions decisions =
        Decide(pointers, known_, head_, absl::FromUnixSeconds(1'700'000'000), &accounts_);
    head_ = decisions.head;
    for (const LedgerEntry& entry : decisions.entries) {
      known_.by_id[entry.transaction.id()] = entry;
      if (!entry.transaction.reverses().empty()) {
        known_.reversed_by[entry.transaction.reverses()] = entry.transaction.id();
      }
    }
    return decisions;
  }

  static std::string NameOf(const absl::StatusOr<std::vector<Posted>>& outcome) {
    if (!outcome.ok()) return GetErrorInfo(outcome.status()).reason();
    std::string name;
    for (const Posted& posted : *outcome) name += posted.replayed ? 'R' : 'P';
    return name;
  }

  std::vector<std::string> Names(const std::vector<PostingUnit>& units) {
    std::vector<std::string> names;
    for (const auto& outcome : Run(units).outcomes) names.push_back(NameOf(outcome));
    return names;
  }

  static Posting Reversal(const Posting& of) {
    Posting posting =
        Transfer(of.request.to_account(), of.request.from_account(), of.request.amount());
    posting.reverses = of.request.id();
    return posting;
  }

  Head head_;
  AccountStates accounts_;
  KnownEntries known_;
};

TEST_F(DecideUnitTest, AUnitIsPostedWholeInItsOrder) {
  const Decisions decisions = Run({{Transfer("alice", "carol", 5), Transfer("carol", "bob", 5)}});
  EXPECT_EQ(NameOf(decisions.outcomes[0]), "PP");
  EXPECT_THAT(decisions.entries, SizeIs(2));
  EXPECT_EQ(decisions.entries[1].transaction.from_previous(), 1);
  EXPECT_EQ(accounts_["carol"].balance, 0);
}

TEST_F(DecideUnitTest, OneThatCannotBePostedLeavesNothingOfItsUnit) {
  const Hash before = head_.hash;
  const Decisions decisions = Run({{Transfer("alice", "bob", 5), Transfer("carol", "bob", 1)}});
  EXPECT_EQ(NameOf(decisions.outcomes[0]), reason::kInsufficientFunds);
  EXPECT_EQ(GetErrorInfo(decisions.outcomes[0].status()).metadata().at("index"), "1");
  EXPECT_THAT(decisions.entries, SizeIs(0));
  EXPECT_EQ(decisions.head.sequence, 0);
  EXPECT_EQ(decisions.head.hash, before);
  EXPECT_EQ(accounts_["alice"].balance, 0);
  EXPECT_EQ(accounts_["alice"].newest, 0);
  EXPECT_EQ(accounts_["bob"].balance, 0);
}

TEST_F(DecideUnitTest, WhatFollowsARefusedUnitSeesWhatWasBeforeIt) {
  const Posting undone = Transfer("alice", "carol", 5);
  const Decisions decisions = Run({{Transfer("alice", "bob", 1)},
                                   {undone, Transfer("alice", "nobody", 1)},
                                   {Transfer("carol", "bob", 5)},
                                   {undone}});
  std::vector<std::string> names;
  for (const auto& outcome : decisions.outcomes) names.push_back(NameOf(outcome));
  EXPECT_THAT(names, ElementsAre("P", reason::kAccountNotFound, reason::kInsufficientFunds, "P"));
  ASSERT_THAT(decisions.entries, SizeIs(2));
  EXPECT_EQ(decisions.entries[1].transaction.sequence(), 2);
  EXPECT_EQ(decisions.entries[1].transaction.from_previous(), 1);
  EXPECT_EQ(decisions.entries[1].transaction.from_balance(), -6);
  EXPECT_EQ(decisions.entries[1].transaction.hash(),
            HashToHex(ChainHash(
                [&] {
                  Hash hash;
                  HashFromHex(decisions.entries[0].transaction.hash(), &hash);
                  return hash;
                }(),
                decisions.entries[1].transaction)));
}

TEST_F(DecideUnitTest, AUnitThatIsRepeatedIsReplayedWhole) {
  const PostingUnit unit = {Transfer("alice", "bob", 5), Transfer("bob", "alice", 1)};
  EXPECT_THAT(Names({unit, unit}), ElementsAre("PP", "RR"));
  EXPECT_THAT(Names({unit}), ElementsAre("RR"));
  EXPECT_EQ(head_.sequence, 2);
}

TEST_F(DecideUnitTest, ARepeatWithinAUnitIsTheSameTransaction) {
  const Posting posting = Transfer("alice", "bob", 5);
  const Decisions decisions = Run({{posting, posting}});
  EXPECT_EQ(NameOf(decisions.outcomes[0]), "PR");
  EXPECT_THAT(decisions.entries, SizeIs(1));
}

TEST_F(DecideUnitTest, ADryUnitIsDecidedWholeAndPostsNothing) {
  PostingUnit unit = {Transfer("alice", "carol", 5), Transfer("carol", "bob", 5)};
  for (Posting& posting : unit) posting.request.set_validate_only(true);
  const Decisions decisions = Run({unit});
  ASSERT_EQ(NameOf(decisions.outcomes[0]), "PP");
  EXPECT_EQ((*decisions.outcomes[0])[1].transaction.from_balance(), 0);
  EXPECT_EQ((*decisions.outcomes[0])[1].transaction.sequence(), 0);
  EXPECT_THAT(decisions.entries, SizeIs(0));
  EXPECT_EQ(accounts_["carol"].balance, 0);
  EXPECT_EQ(accounts_["carol"].newest, 0);
}

TEST_F(DecideUnitTest, AnAnswerThatWasInDoubtIsNoReplay) {
  Posting posting = Transfer("alice", "bob", 5);
  Run({{posting}});
  posting.doubtful_hash = HashToHex(head_.hash);
  EXPECT_THAT(Names({{posting}}), ElementsAre("P"));
  EXPECT_EQ(head_.sequence, 1);
}

TEST_F(DecideUnitTest, WhatAnotherCallerPostedWhileACommitWasInDoubtIsAReplay) {
  Posting posting = Transfer("alice", "bob", 5);
  Run({{posting}});
  posting.doubtful_hash = HashToHex(GenesisHash("the hash of another attempt"));
  EXPECT_THAT(Names({{posting}}), ElementsAre("R"));
}

TEST_F(DecideUnitTest, AReversalIsPostedOnce) {
  const Posting original = Transfer("alice", "bob", 5);
  const Posting reversal = Reversal(original);
  EXPECT_THAT(Names({{original}, {reversal}, {Reversal(original)}}),
              ElementsAre("P", "P", reason::kAlreadyReversed));
  EXPECT_THAT(Names({{Reversal(original)}}), ElementsAre(reason::kAlreadyReversed));
  // Under its own id it is a repeat, as any other.
  EXPECT_THAT(Names({{reversal}}), ElementsAre("R"));
  EXPECT_EQ(accounts_["bob"].balance, 0);
  EXPECT_EQ(known_.by_id[reversal.request.id()].transaction.reverses(), original.request.id());
}

TEST_F(DecideUnitTest, TheErrorOfASecondReversalNamesTheFirst) {
  const Posting original = Transfer("alice", "bob", 5);
  const Posting reversal = Reversal(original);
  Run({{original}, {reversal}});
  const Decisions decisions = Run({{Reversal(original)}});
  EXPECT_EQ(GetErrorInfo(decisions.outcomes[0].status()).metadata().at("reversal"),
            reversal.request.id());
}

TEST_F(DecideUnitTest, AReversalMayBeReversed) {
  const Posting original = Transfer("alice", "bob", 5);
  const Posting reversal = Reversal(original);
  EXPECT_THAT(Names({{original}, {reversal}, {Reversal(reversal)}}), ElementsAre("P", "P", "P"));
  EXPECT_EQ(accounts_["bob"].balance, 5);
}

TEST_F(DecideUnitTest, AReversalIsHeldToTheLimitOfWhoPaysItBack) {
  const Posting original = Transfer("alice", "carol", 5);
  EXPECT_THAT(Names({{original}, {Transfer("carol", "bob", 1)}, {Reversal(original)}}),
              ElementsAre("P", "P", reason::kInsufficientFunds));
}

TEST_F(DecideUnitTest, WhatIsNotInTheLedgerCannotBeReversed) {
  EXPECT_THAT(Names({{Reversal(Transfer("alice", "bob", 5))}}),
              ElementsAre(reason::kTransactionNotFound));
}

TEST_F(DecideUnitTest, AReversalOfARefusedUnitDidNotHappen) {
  const Posting original = Transfer("alice", "bob", 5);
  EXPECT_THAT(
      Names(
          {{original}, {Reversal(original), Transfer("alice", "nobody", 1)}, {Reversal(original)}}),
      ElementsAre("P", reason::kAccountNotFound, "P"));
}

TEST_F(DecideUnitTest, AnIdOfAReversalIsNoIdOfATransfer) {
  const Posting original = Transfer("alice", "bob", 5);
  Posting plain = Reversal(original);
  Run({{original}, {plain}});
  plain.reverses.clear();
  EXPECT_THAT(Names({{plain}}), ElementsAre(reason::kTransactionExists));
}

}  // namespace
}  // namespace ledgercast::testing
