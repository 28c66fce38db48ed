#include "tests/contract/store_contract.h"

namespace ledgercast::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// --- head and positions ---

TEST_P(StoreContract, AnEmptyLedgerStartsAtItsGenesis) {
  const auto head = store().GetHead();
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->sequence, 0);
  EXPECT_EQ(head->ledger.size(), 16u);
  EXPECT_EQ(head->hash, GenesisHash(head->ledger));
  EXPECT_EQ(head->create_time, absl::UnixEpoch());
  EXPECT_EQ(*store().PositionAt(0), head->position());
  const auto page = store().ReadAfter(head->position(), AccountFilter::All(), 10);
  ASSERT_TRUE(page.ok());
  EXPECT_TRUE(page->at_head);
  EXPECT_EQ(page->until, head->position());
}

TEST_P(StoreContract, TheHeadIsTheNewestTransaction) {
  const auto all = PostSome();
  const auto head = store().GetHead();
  EXPECT_EQ(head->position(), PositionOf(all.back()));
  EXPECT_EQ(HashToHex(head->hash), all.back().hash());
  EXPECT_EQ(absl::ToUnixMicros(head->create_time), all.back().create_time().seconds() * 1'000'000 +
                                                       all.back().create_time().nanos() / 1'000);
}

TEST_P(StoreContract, PositionsAreThoseOfTheHashChain) {
  const auto all = PostSome();
  for (const auto& transaction : all) {
    EXPECT_EQ(*store().PositionAt(transaction.sequence()), PositionOf(transaction));
  }
}

TEST_P(StoreContract, APositionBeyondTheHeadIsUnknownAndTheErrorTellsTheHead) {
  const auto all = PostSome();
  for (const int64_t sequence : {int64_t{17}, int64_t{1} << 60, int64_t{-1}}) {
    const absl::Status status = store().PositionAt(sequence).status();
    EXPECT_TRUE(absl::IsOutOfRange(status)) << status;
    EXPECT_EQ(ReasonIn(status), reason::kCursorUnknown);
    const auto info = GetErrorInfo(status);
    EXPECT_EQ(info.metadata().at("ledger"), store().GetHead()->ledger);
    EXPECT_EQ(info.metadata().at("head"),
              FormatCursor(store().GetHead()->ledger, PositionOf(all.back())));
  }
}

TEST_P(StoreContract, ReadingFromAPositionThatIsNotOnThisHistoryIsRefused) {
  PostSome();
  Position other = *store().PositionAt(5);
  ++other.check;
  Position genesis = Start();
  ++genesis.check;
  Position head = store().GetHead()->position();
  ++head.check;
  for (const Position& position : {other, genesis, head, Position{17, 1}}) {
    EXPECT_EQ(ReasonIn(store().ReadAfter(position, AccountFilter::All(), 10).status()),
              reason::kCursorUnknown);
    EXPECT_EQ(ReasonIn(store().GetAccount("alice", position).status()), reason::kCursorUnknown);
  }
}

// --- pages ---

TEST_P(StoreContract, PagesTakeTheLedgerApartWithoutLossOrRepeat) {
  const auto all = PostSome();
  std::vector<v1::Transaction> read;
  Position after = Start();
  for (bool at_head = false; !at_head;) {
    const auto page = store().ReadAfter(after, AccountFilter::All(), 5);
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_LE(page->transactions.size(), 5u);
    read.insert(read.end(), page->transactions.begin(), page->transactions.end());
    after = page->until;
    at_head = page->at_head;
  }
  EXPECT_EQ(after, PositionOf(all.back()));
  ASSERT_EQ(read.size(), all.size());
  for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(read[i].DebugString(), all[i].DebugString());
}

TEST_P(StoreContract, APageThatEndsAtTheHeadSaysSo) {
  const auto all = PostSome();
  const auto page = store().ReadAfter(Start(), AccountFilter::All(), 16);
  EXPECT_TRUE(page->at_head);
  EXPECT_EQ(page->until, PositionOf(all.back()));
  EXPECT_FALSE(store().ReadAfter(Start(), AccountFilter::All(), 15)->at_head);
}

TEST_P(StoreContract, AnAccountsPageHoldsWhatItSentAndReceived) {
  PostSome();
  const auto page = store().ReadAfter(Start(), AccountFilter::Of({"bob"}), 100);
  EXPECT_THAT(SequencesOf(page->transactions), ElementsAre(1, 2, 5, 6, 9, 10, 13, 14));
  EXPECT_TRUE(page->at_head);
  EXPECT_EQ(page->until, store().GetHead()->position());
}

TEST_P(StoreContract, AFullAccountsPageEndsAtItsLastTransaction) {
  const auto all = PostSome();
  const auto page = store().ReadAfter(PositionOf(all[1]), AccountFilter::Of({"bob"}), 3);
  EXPECT_THAT(SequencesOf(page->transactions), ElementsAre(5, 6, 9));
  EXPECT_EQ(page->until, PositionOf(all[8]));
  EXPECT_FALSE(page->at_head);
}

TEST_P(StoreContract, SeveralAccountsShareOnePageWithoutRepeats) {
  Post({Transfer("alice", "bob", 1), Transfer("carol", "dora", 1), Transfer("bob", "dora", 1),
        Transfer("bob", "alice", 1), Transfer("carol", "alice", 1)});
  const auto page = store().ReadAfter(Start(), AccountFilter::Of({"alice", "bob"}), 100);
  EXPECT_THAT(SequencesOf(page->transactions), ElementsAre(1, 3, 4, 5));
  const auto first = store().ReadAfter(Start(), AccountFilter::Of({"alice", "bob"}), 2);
  EXPECT_THAT(SequencesOf(first->transactions), ElementsAre(1, 3));
  const auto second = store().ReadAfter(first->until, AccountFilter::Of({"alice", "bob"}), 2);
  EXPECT_THAT(SequencesOf(second->transactions), ElementsAre(4, 5));
}

TEST_P(StoreContract, AccountsWithoutTransactionsOrExistenceReadNothingUpToTheHead) {
  PostSome();
  for (const auto& filter : {AccountFilter::Of({"dora"}), AccountFilter::Of({"nobody"}),
                             AccountFilter::Of({"\"", "\\", "{},NULL", "'"}), AccountFilter()}) {
    const auto page = store().ReadAfter(Start(), filter, 100);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_THAT(page->transactions, IsEmpty());
    EXPECT_TRUE(page->at_head);
    EXPECT_EQ(page->until, store().GetHead()->position());
  }
}

// --- one transaction ---

TEST_P(StoreContract, ATransactionIsFoundByIdAndBySequence) {
  const auto all = PostSome();
  EXPECT_EQ(store().GetTransactionById(all[4].id())->DebugString(), all[4].DebugString());
  EXPECT_EQ(store().GetTransactionBySequence(5)->DebugString(), all[4].DebugString());
}

TEST_P(StoreContract, AnUnknownTransactionIsNotFound) {
  const std::string id = "0190163d-8694-739b-aea5-966c26f8ad91";
  for (const absl::Status& status :
       {store().GetTransactionById(id).status(), store().GetTransactionBySequence(1).status()}) {
    EXPECT_TRUE(absl::IsNotFound(status)) << status;
    EXPECT_EQ(ReasonIn(status), reason::kTransactionNotFound);
  }
}

// --- accounts ---

TEST_P(StoreContract, AnAccountComesBackAsItWasMade) {
  v1::Account account = AccountOf("erin", -500);
  account.set_display_name("Erin \"E\" O'Hara \\ \xe2\x98\x83 {NULL}");
  account.set_department("management");
  account.set_currency("EUR");
  account.set_balance(1'000'000);  // ignored
  const auto created = store().CreateAccount(account, "hash");
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->balance(), 0);
  EXPECT_GT(created->create_time().seconds(), 1'600'000'000);
  const auto found = store().GetAccount("erin", std::nullopt);
  EXPECT_EQ(found->DebugString(), created->DebugString());
  EXPECT_EQ(found->display_name(), account.display_name());
  EXPECT_EQ(found->department(), "management");
  EXPECT_EQ(found->currency(), "EUR");
  EXPECT_EQ(found->minimum_balance(), -500);
  const auto credentials = store().GetCredentials("erin");
  EXPECT_EQ(credentials->password_hash, "hash");
  EXPECT_EQ(credentials->account.department(), "management");
  EXPECT_EQ(store().GetCredentials("alice")->password_hash, "");
}

TEST_P(StoreContract, AnUnsetMinimumIsNotAMinimumOfZero) {
  Open(AccountOf("zero", 0));
  EXPECT_TRUE(store().GetAccount("zero", std::nullopt)->has_minimum_balance());
  EXPECT_FALSE(store().GetAccount("zero", std::nullopt)->no_minimum());
  EXPECT_FALSE(store().GetAccount("alice", std::nullopt)->has_minimum_balance());
  EXPECT_TRUE(store().GetAccount("alice", std::nullopt)->no_minimum());
}

TEST_P(StoreContract, ANameIsTakenOnceAndTheFirstStays) {
  v1::Account other = AccountOf("alice");
  other.set_currency("EUR");
  const absl::Status status = store().CreateAccount(other, "hash").status();
  EXPECT_TRUE(absl::IsAlreadyExists(status)) << status;
  EXPECT_EQ(ReasonIn(status), reason::kAccountExists);
  EXPECT_EQ(store().GetAccount("alice", std::nullopt)->currency(), "PTS");
}

TEST_P(StoreContract, AnUnknownAccountIsNotFound) {
  for (const absl::Status& status :
       {store().GetAccount("nobody", std::nullopt).status(),
        store().GetAccount("nobody", Start()).status(), store().GetCredentials("nobody").status(),
        store().SetPassword("nobody", "hash", std::nullopt).status(),
        store().RevokeTokens("nobody").status()}) {
    EXPECT_TRUE(absl::IsNotFound(status)) << status;
    EXPECT_EQ(ReasonIn(status), reason::kAccountNotFound);
  }
}

TEST_P(StoreContract, BalancesAreThoseOfTheNewestTransactionUpToAPosition) {
  const auto all = PostSome();
  std::map<std::string, int64_t> balances;
  for (size_t i = 0; i <= all.size(); ++i) {
    const Position at = *store().PositionAt(static_cast<int64_t>(i));
    for (const char* name : {"alice", "bob", "carol", "dora"}) {
      EXPECT_EQ(store().GetAccount(name, at)->balance(), balances[name]) << name << " at " << i;
    }
    if (i == all.size()) break;
    balances[all[i].from_account()] -= all[i].amount();
    balances[all[i].to_account()] += all[i].amount();
  }
  EXPECT_EQ(store().GetAccount("bob", std::nullopt)->balance(), balances["bob"]);
  EXPECT_TRUE(store().GetAccount("dora", std::nullopt)->has_balance());
}

TEST_P(StoreContract, AccountsAreListedByNameWithTheirBalances) {
  Open(AccountOf("a-b"));
  Open(AccountOf("a1"));
  PostSome();
  std::vector<std::string> names;
  std::string after;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = store().ListAccounts(after, 2);
    ASSERT_TRUE(page.ok()) << page.status();
    if (page->empty()) break;
    for (const auto& account : *page) {
      names.push_back(account.name());
      EXPECT_EQ(account.DebugString(),
                store().GetAccount(account.name(), std::nullopt)->DebugString());
    }
    after = names.back();
  }
  // In the order of bytes, whatever the database's language is.
  EXPECT_THAT(names, ElementsAre("a-b", "a1", "alice", "bob", "carol", "dora"));
}

INSTANTIATE_TEST_SUITE_P(, StoreContract, ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace ledgercast::testing
