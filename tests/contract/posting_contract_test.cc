// PostingSession of the contract.

#include <atomic>
#include <thread>

#include "services/transaction/posting/limits.h"
#include "tests/contract/store_contract.h"

namespace ledgercast::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class PostingContract : public StoreContract {
 protected:
  std::unique_ptr<PostingSession> Session() {
    auto session = backend_->sessions()();
    EXPECT_TRUE(session.ok()) << session.status();
    return *std::move(session);
  }

  std::vector<NamedAccountState> Load(const std::vector<std::string>& names) {
    const auto session = Session();
    EXPECT_TRUE(session->Fence({}).ok());
    auto loaded = session->LoadAccounts(names);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_TRUE(session->Release().ok());
    return *std::move(loaded);
  }
};

TEST_P(PostingContract, TheFenceShowsTheHead) {
  const auto all = PostSome();
  const auto session = Session();
  const auto fenced = session->Fence({});
  ASSERT_TRUE(fenced.ok()) << fenced.status();
  const Head* const head = &fenced->head;
  EXPECT_EQ(head->ledger, store().GetHead()->ledger);
  EXPECT_EQ(head->position(), PositionOf(all.back()));
  EXPECT_EQ(head->create_time, store().GetHead()->create_time);
}

// What ends a fence: `end` is done to the session that holds it.
void ExpectThatEndsTheFence(const PostingSessionFactory& sessions,
                            const std::function<void(Prepared*)>& end, int64_t expected_head) {
  Prepared holder = Prepare(sessions, {Transfer("alice", "bob", 1)});
  std::atomic<bool> ended = false;
  std::thread waiter([&] {
    auto session = sessions();
    const auto head = (*session)->Fence({});
    EXPECT_TRUE(ended);
    EXPECT_TRUE(head.ok()) << head.status();
    EXPECT_EQ(head->head.sequence, expected_head);
    EXPECT_TRUE((*session)->Release().ok());
  });
  ended = true;
  end(&holder);
  waiter.join();
}

TEST_P(PostingContract, AFenceLastsUntilTheCommitAndTheNextOneSeesIt) {
  for (int64_t round = 1; round <= 5; ++round) {
    ExpectThatEndsTheFence(
        backend_->sessions(),
        [](Prepared* holder) {
          EXPECT_TRUE(
              holder->session->Commit(holder->decisions.entries, holder->decisions.head).ok());
        },
        round);
  }
}

TEST_P(PostingContract, ReleasingEndsAFenceWithoutAChange) {
  ExpectThatEndsTheFence(
      backend_->sessions(), [](Prepared* holder) { EXPECT_TRUE(holder->session->Release().ok()); },
      0);
}

TEST_P(PostingContract, DroppingTheSessionEndsAFenceWithoutAChange) {
  ExpectThatEndsTheFence(
      backend_->sessions(), [](Prepared* holder) { holder->session.reset(); }, 0);
}

TEST_P(PostingContract, ManyPostersTakeTurnsOnOneGaplessChain) {
  constexpr int kPosters = 4;
  constexpr int kRounds = 10;
  std::vector<std::thread> posters;
  for (int i = 0; i < kPosters; ++i) {
    posters.emplace_back([this] {
      for (int round = 0; round < kRounds; ++round) Post({Transfer("alice", "bob", 1)});
    });
  }
  for (std::thread& poster : posters) poster.join();
  const auto page = store().ReadAfter(Start(), AccountFilter::All(), 1'000);
  ASSERT_THAT(page->transactions, SizeIs(kPosters * kRounds));
  Hash hash = GenesisHash(store().GetHead()->ledger);
  int64_t balance = 0;
  for (const auto& transaction : page->transactions) {
    hash = ChainHash(hash, transaction);
    EXPECT_EQ(transaction.hash(), HashToHex(hash));
    EXPECT_EQ(transaction.to_balance(), ++balance);
    EXPECT_EQ(transaction.from_previous(), transaction.sequence() - 1);
  }
}

TEST_P(PostingContract, ASessionPostsBatchAfterBatch) {
  Prepared first = Prepare(backend_->sessions(), {Transfer("alice", "bob", 1)});
  ASSERT_TRUE(first.session->Commit(first.decisions.entries, first.decisions.head).ok());
  const auto head = first.session->Fence({});
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_EQ(head->head.hash, first.decisions.head.hash);
  ASSERT_TRUE(first.session->Release().ok());
  ASSERT_TRUE(first.session->Fence({}).ok());
}

TEST_P(PostingContract, EveryTextComesBackAsItWasPosted) {
  std::vector<Posting> postings;
  for (const std::string text :
       {"", "NULL", "null", "{}", "{a,b}", "\"quoted\"", "it's", "back\\slash\\",
        "tab\tline\nend\r", "comma, and; semicolon -- comment /* */", "$1 %s \\x41 \\u0041",
        " padded ", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x92\xb8 \xef\xbf\xbf \xf4\x8f\xbf\xbf",
        "\x01\x7f\xc2\x80"}) {
    Posting posting = Transfer("alice", "bob", 1);
    posting.request.set_description(text);
    (*posting.request.mutable_metadata())["key " + text] = text;
    (*posting.request.mutable_metadata())["second"] = "";
    posting.caller = "caller " + text;
    postings.push_back(posting);
  }
  postings.push_back(Transfer("alice", "bob", 1));
  const auto posted = Post(postings);
  const auto page = store().ReadAfter(Start(), AccountFilter::All(), 100);
  ASSERT_EQ(page->transactions.size(), posted.size());
  Hash hash = GenesisHash(store().GetHead()->ledger);
  std::vector<std::string> ids;
  for (size_t i = 0; i < posted.size(); ++i) {
    const v1::Transaction& read = page->transactions[i];
    EXPECT_EQ(read.description(), postings[i].request.description());
    EXPECT_EQ(read.DebugString(), posted[i].DebugString());
    // Whoever holds the history can recompute it.
    EXPECT_EQ(read.hash(), HashToHex(hash = ChainHash(hash, read)));
    ids.push_back(read.id());
  }
  const auto session = Session();
  ASSERT_TRUE(session->Fence({}).ok());
  const auto found = session->FindByIds(ids);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_THAT(*found, SizeIs(posted.size()));
  for (const LedgerEntry& entry : *found) {
    const auto index = static_cast<size_t>(entry.transaction.sequence()) - 1;
    EXPECT_EQ(entry.caller, postings[index].caller);
    EXPECT_EQ(entry.transaction.DebugString(), posted[index].DebugString());
  }
}

TEST_P(PostingContract, TheLargestAmountsAndBalancesComeBack) {
  constexpr int64_t kTransfers = 512;
  constexpr int64_t kBalance = kTransfers * kMaxAmount;
  static_assert(kBalance <= kMaxBalance && kBalance > kMaxBalance - kMaxAmount);
  std::vector<Posting> postings;
  for (int64_t i = 0; i < kTransfers; ++i) postings.push_back(Transfer("alice", "bob", kMaxAmount));
  Post(postings);
  EXPECT_EQ(store().GetTransactionBySequence(1)->amount(), kMaxAmount);
  EXPECT_EQ(store().GetAccount("alice", std::nullopt)->balance(), -kBalance);
  EXPECT_EQ(Load({"bob"})[0].state.balance, kBalance);
}

TEST_P(PostingContract, OnlyKnownIdsAreFound) {
  const auto all = PostSome();
  const auto session = Session();
  ASSERT_TRUE(session->Fence({}).ok());
  const auto found = session->FindByIds(
      {all[3].id(), "0190163d-8694-739b-aea5-966c26f8ad91", all[0].id(), all[3].id()});
  ASSERT_TRUE(found.ok()) << found.status();
  std::vector<int64_t> sequences;
  for (const LedgerEntry& entry : *found) sequences.push_back(entry.transaction.sequence());
  EXPECT_THAT(sequences, UnorderedElementsAre(1, 4));
  EXPECT_THAT(*session->FindByIds({}), IsEmpty());
}

TEST_P(PostingContract, TheFenceAnswersWhichIdsAreTakenAndHowAccountsStandAtItsHead) {
  Open(AccountOf("limited", 0));
  const auto all = PostSome();
  const auto session = Session();
  const auto fenced = session->Fence({{"bob", "limited", "nobody", "it's \\ \"odd\""},
                                      {all[3].id(), "0190163d-8694-739b-aea5-966c26f8ad91"}});
  ASSERT_TRUE(fenced.ok()) << fenced.status();
  EXPECT_THAT(fenced->known_ids, ElementsAre(all[3].id()));
  const auto loaded = session->LoadAccounts({"bob", "limited"});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ASSERT_THAT(fenced->accounts, SizeIs(2));
  for (const NamedAccountState& account : fenced->accounts) {
    const auto same = std::find_if(loaded->begin(), loaded->end(),
                                   [&](const auto& other) { return other.name == account.name; });
    ASSERT_NE(same, loaded->end()) << account.name;
    EXPECT_EQ(account.state.id, same->state.id);
    EXPECT_EQ(account.state.currency, same->state.currency);
    EXPECT_EQ(account.state.minimum_balance, same->state.minimum_balance);
    EXPECT_EQ(account.state.balance, same->state.balance);
    EXPECT_EQ(account.state.newest, same->state.newest);
  }
}

TEST_P(PostingContract, WhatAFenceWaitedForIsInItsAnswer) {
  Prepared holder = Prepare(backend_->sessions(), {Transfer("alice", "bob", 5)});
  const std::string id = holder.decisions.entries[0].transaction.id();
  std::thread waiter([&] {
    auto session = backend_->sessions()();
    const auto fenced = (*session)->Fence({{"bob"}, {id}});
    ASSERT_TRUE(fenced.ok()) << fenced.status();
    EXPECT_EQ(fenced->head.sequence, 1);
    EXPECT_THAT(fenced->known_ids, ElementsAre(id));
    ASSERT_THAT(fenced->accounts, SizeIs(1));
    EXPECT_EQ(fenced->accounts[0].state.balance, 5);
    EXPECT_EQ(fenced->accounts[0].state.newest, 1);
  });
  ASSERT_TRUE(holder.session->Commit(holder.decisions.entries, holder.decisions.head).ok());
  waiter.join();
}

TEST_P(PostingContract, AccountsAreLoadedWithTheirNewestState) {
  Open(AccountOf("limited", 0));
  const auto all = PostSome();
  const auto loaded = Load({"bob", "nobody", "limited", "alice"});
  ASSERT_THAT(loaded, SizeIs(3));
  std::map<std::string, AccountState> states;
  for (const auto& account : loaded) states[account.name] = account.state;
  EXPECT_EQ(states["bob"].newest, 14);
  EXPECT_EQ(states["bob"].balance, all[13].from_balance());
  EXPECT_EQ(states["alice"].newest, 16);
  EXPECT_EQ(states["alice"].balance, all[15].from_balance());
  EXPECT_EQ(states["alice"].currency, "PTS");
  EXPECT_FALSE(states["alice"].minimum_balance.has_value());
  EXPECT_EQ(states["limited"].minimum_balance, 0);
  EXPECT_EQ(states["limited"].balance, 0);
  EXPECT_EQ(states["limited"].newest, 0);
  EXPECT_NE(states["limited"].id, states["alice"].id);
}

TEST_P(PostingContract, RowsAfterASequenceAreReadWithinTheFence) {
  const auto all = PostSome();
  const auto session = Session();
  ASSERT_TRUE(session->Fence({}).ok());
  const auto rows = session->ReadAfter(13, 2);
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_THAT(SequencesOf(*rows), ElementsAre(14, 15));
  EXPECT_EQ(rows->front().DebugString(), all[13].DebugString());
  EXPECT_THAT(*session->ReadAfter(16, 10), IsEmpty());
}

TEST_P(PostingContract, WhatWasNotCommittedIsNotThere) {
  const Posting posting = Transfer("alice", "bob", 1);
  Prepare(backend_->sessions(), {posting}).session.reset();
  EXPECT_EQ(store().GetHead()->sequence, 0);
  EXPECT_TRUE(absl::IsNotFound(store().GetTransactionById(posting.request.id()).status()));
}

INSTANTIATE_TEST_SUITE_P(, PostingContract, ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace ledgercast::testing
