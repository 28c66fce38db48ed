// What the contract says of changing accounts, of currencies and of moments in time.

#include "services/common/base/proto_time.h"
#include "tests/contract/store_contract.h"

namespace ledgercast::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

class AccountContract : public StoreContract {
 protected:
  int64_t SettingsVersion() { return store().GetHead()->settings_version; }

  static v1::Account InCurrency(const std::string& name, const std::string& currency,
                                std::optional<int32_t> digits) {
    v1::Account account = AccountOf(name);
    account.set_currency(currency);
    if (digits) account.set_minor_unit_digits(*digits);
    return account;
  }
};

TEST_P(AccountContract, OnlyWhatIsNamedChanges) {
  v1::Account account = AccountOf("erin", 5);
  account.set_display_name("Erin");
  account.set_department("sales");
  Open(account);
  AccountChanges changes;
  changes.department = "";
  const auto updated = store().UpdateAccount("erin", changes);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->display_name(), "Erin");
  EXPECT_EQ(updated->department(), "");
  EXPECT_EQ(updated->minimum_balance(), 5);
  EXPECT_FALSE(updated->no_minimum());
  EXPECT_EQ(updated->DebugString(), store().GetAccount("erin", std::nullopt)->DebugString());
  EXPECT_EQ(SettingsVersion(), 0) << "no posting depends on that";
}

TEST_P(AccountContract, ALimitThatChangesIsAnnouncedAtTheHead) {
  PostSome();
  AccountChanges changes;
  changes.minimum_balance = -1'000;
  ASSERT_EQ(store().UpdateAccount("alice", changes)->minimum_balance(), -1'000);
  EXPECT_EQ(SettingsVersion(), 1);
  changes.minimum_balance = std::optional<int64_t>();
  const auto unlimited = store().UpdateAccount("alice", changes);
  EXPECT_FALSE(unlimited->has_minimum_balance());
  EXPECT_TRUE(unlimited->no_minimum());
  EXPECT_EQ(SettingsVersion(), 2);
  // Posting goes on from where it was, and keeps the count.
  Post({Transfer("alice", "bob", 1)});
  EXPECT_EQ(SettingsVersion(), 2);
  EXPECT_EQ(store().GetHead()->sequence, 17);
}

TEST_P(AccountContract, AnotherDepartmentRevokesTheAccountsTokens) {
  AccountChanges changes;
  changes.display_name = "Alice";
  changes.department = "";
  ASSERT_TRUE(store().UpdateAccount("alice", changes).ok());
  EXPECT_EQ(store().GetCredentials("alice")->token_generation, 0) << "it had that department";
  changes.department = "management";
  ASSERT_TRUE(store().UpdateAccount("alice", changes).ok());
  EXPECT_EQ(store().GetCredentials("alice")->token_generation, 1);
  const auto revocations = store().ListRevocations(absl::Minutes(5), 10);
  ASSERT_TRUE(revocations.ok()) << revocations.status();
  ASSERT_EQ(revocations->size(), 1u);
  EXPECT_EQ(revocations->front().account, "alice");
  EXPECT_EQ(revocations->front().generation, 1);
}

TEST_P(AccountContract, AnUnknownAccountCannotBeChanged) {
  AccountChanges changes;
  changes.department = "sales";
  const absl::Status status = store().UpdateAccount("nobody", changes).status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_EQ(ReasonIn(status), reason::kAccountNotFound);
}

TEST_P(AccountContract, TheFirstAccountOfACurrencySaysItsMinorUnits) {
  EXPECT_EQ(store().CreateAccount(InCurrency("one", "GEM", 3), "")->minor_unit_digits(), 3);
  EXPECT_EQ(store().CreateAccount(InCurrency("two", "GEM", std::nullopt), "")->minor_unit_digits(),
            3);
  EXPECT_EQ(store().CreateAccount(InCurrency("three", "GEM", 3), "")->minor_unit_digits(), 3);
  const absl::Status other = store().CreateAccount(InCurrency("four", "GEM", 2), "").status();
  EXPECT_TRUE(absl::IsInvalidArgument(other)) << other;
  EXPECT_EQ(ReasonIn(other), reason::kInvalidField);
  EXPECT_TRUE(absl::IsNotFound(store().GetAccount("four", std::nullopt).status()));
  EXPECT_EQ(store().CreateAccount(InCurrency("five", "OIL", std::nullopt), "")->minor_unit_digits(),
            0);
}

TEST_P(AccountContract, ATimeIsThePlaceOfTheNewestTransactionUpToIt) {
  EXPECT_EQ(store().PositionAtTime(absl::Now())->sequence, 0) << "nothing is there yet";
  const auto all = PostSome();
  EXPECT_EQ(store().PositionAtTime(absl::UnixEpoch())->sequence, 0);
  EXPECT_EQ(*store().PositionAtTime(absl::Now() + absl::Hours(1)), PositionOf(all.back()));
  for (const v1::Transaction& transaction : all) {
    const absl::Time time = FromProto(transaction.create_time());
    int64_t newest = 0;
    int64_t before = 0;
    for (const v1::Transaction& other : all) {
      if (FromProto(other.create_time()) <= time) newest = other.sequence();
      if (FromProto(other.create_time()) < time) before = other.sequence();
    }
    EXPECT_EQ(store().PositionAtTime(time)->sequence, newest);
    EXPECT_EQ(store().PositionAtTime(time - absl::Microseconds(1))->sequence, before);
  }
}

TEST_P(AccountContract, ReversalsAreFoundByWhatTheyReverse) {
  const auto all = PostSome();
  Posting reversal = Transfer(all[2].to_account(), all[2].from_account(), all[2].amount());
  reversal.reverses = all[2].id();
  KnownEntries known;
  known.by_id[all[2].id()].transaction = all[2];
  Prepared prepared = Prepare(backend_->sessions(), {reversal}, known);
  ASSERT_EQ(prepared.decisions.entries.size(), 1u);
  ASSERT_TRUE(prepared.session->Commit(prepared.decisions.entries, prepared.decisions.head).ok());
  ASSERT_TRUE(prepared.session->Fence({}).ok());
  const auto found = prepared.session->FindReversals({all[1].id(), all[2].id()});
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_THAT(*found, ElementsAre(Pair(all[2].id(), reversal.request.id())));
  EXPECT_EQ(store().GetTransactionById(reversal.request.id())->reverses(), all[2].id());
}

INSTANTIATE_TEST_SUITE_P(, AccountContract, ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace ledgercast::testing
