// UpdateAccount, balances at a time, and currencies.

#include "services/common/proto_time.h"
#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;

class AccountUpdateTest : public ServiceTest {
 protected:
  absl::StatusOr<v1::Account> Update(const std::string& token, const v1::Account& account,
                                     const std::vector<std::string>& paths = {}) {
    v1::UpdateAccountRequest request;
    *request.mutable_account() = account;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    v1::Account updated;
    Call call(token);
    const absl::Status status = FromGrpcStatus(accounts_->UpdateAccount(&call, request, &updated));
    if (!status.ok()) return status;
    return updated;
  }

  absl::StatusOr<v1::Account> CreateIn(const std::string& name, const std::string& currency,
                                       std::optional<int> digits = std::nullopt) {
    v1::CreateAccountRequest request;
    request.mutable_account()->set_name(name);
    request.mutable_account()->set_currency(currency);
    if (digits) request.mutable_account()->set_minor_unit_digits(*digits);
    v1::Account created;
    Call call(AdminToken());
    const absl::Status status = FromGrpcStatus(accounts_->CreateAccount(&call, request, &created));
    if (!status.ok()) return status;
    return created;
  }

  absl::StatusOr<v1::Account> GetAt(const std::string& name, const std::string& at) {
    v1::GetAccountRequest request;
    request.set_name(name);
    request.set_at(at);
    v1::Account account;
    Call call(AdminToken());
    const absl::Status status = FromGrpcStatus(accounts_->GetAccount(&call, request, &account));
    if (!status.ok()) return status;
    return account;
  }

  static v1::Account Named(const std::string& name) {
    v1::Account account;
    account.set_name(name);
    return account;
  }
};

TEST_F(AccountUpdateTest, TheMaskSaysWhatChanges) {
  v1::Account account = Named("user1");
  account.set_display_name("User One");
  account.set_department("sales");
  account.set_minimum_balance(-100);
  const auto updated = Update(AdminToken(), account, {"display_name", "minimum_balance"});
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->display_name(), "User One");
  EXPECT_EQ(updated->department(), "");
  EXPECT_EQ(updated->minimum_balance(), -100);
  EXPECT_EQ(updated->DebugString(), GetAt("user1", "")->DebugString());
}

TEST_F(AccountUpdateTest, WithoutAMaskWhatIsSetChanges) {
  v1::Account account = Named("user1");
  account.set_department("sales");
  const auto updated = Update(AdminToken(), account);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->department(), "sales");
  EXPECT_FALSE(updated->has_minimum_balance());
}

TEST_F(AccountUpdateTest, ALimitHoldsFromItsAnswerOn) {
  Pay("user1", "user2", 5);
  v1::Account account = Named("user1");
  account.set_minimum_balance(-5);
  ASSERT_TRUE(Update(AdminToken(), account).ok());
  ExpectError(Create(Request("user1", "user2", 1), AdminToken()).status(),
              Code::kFailedPrecondition, reason::kInsufficientFunds);
  ASSERT_TRUE(Update(AdminToken(), Named("user1"), {"minimum_balance"}).ok());
  EXPECT_TRUE(Create(Request("user1", "user2", 1), AdminToken()).ok());
}

TEST_F(AccountUpdateTest, OnlyAdminsChangeAccountsAndOthersLearnNothing) {
  v1::Account account = Named("user1");
  account.set_department("management");
  for (const std::string& token : {Token("user1"), RelayToken()}) {
    ExpectError(Update(token, account).status(), Code::kPermissionDenied, reason::kNotAllowed);
    account.set_name("nobody");
    ExpectError(Update(token, account).status(), Code::kPermissionDenied, reason::kNotAllowed);
  }
  ExpectError(Update(AdminToken(), account).status(), Code::kNotFound, reason::kAccountNotFound);
}

TEST_F(AccountUpdateTest, WhatCannotChangeIsNamed) {
  for (const char* path : {"name", "currency", "balance", "create_time", "nonsense", "*"}) {
    ExpectInvalid(Update(AdminToken(), Named("user1"), {path}).status(), "update_mask");
  }
  ExpectInvalid(Update(AdminToken(), Named("user1")).status(), "update_mask");
  ExpectInvalid(Update(AdminToken(), Named("No Name"), {"department"}).status(), "account.name");
  v1::Account account = Named("user1");
  account.set_display_name(std::string(201, 'x'));
  ExpectInvalid(Update(AdminToken(), account).status(), "account.display_name");
}

TEST_F(AccountUpdateTest, CurrenciesOfIso4217HaveTheirMinorUnits) {
  EXPECT_EQ(CreateIn("dollar", "USD")->minor_unit_digits(), 2);
  EXPECT_EQ(CreateIn("yen", "JPY", 0)->minor_unit_digits(), 0);
  EXPECT_EQ(CreateIn("dinar", "BHD")->minor_unit_digits(), 3);
  EXPECT_EQ(CreateIn("unidad", "CLF")->minor_unit_digits(), 4);
  ExpectInvalid(CreateIn("wrong", "JPY", 2).status(), "account.minor_unit_digits");
}

TEST_F(AccountUpdateTest, OtherCurrenciesHaveThemFromTheirFirstAccount) {
  EXPECT_EQ(CreateIn("gem1", "GEM", 9)->minor_unit_digits(), 9);
  EXPECT_EQ(CreateIn("gem2", "GEM")->minor_unit_digits(), 9);
  ExpectInvalid(CreateIn("gem3", "GEM", 0).status(), "account.minor_unit_digits");
  ExpectInvalid(CreateIn("gem4", "NEW", 10).status(), "account.minor_unit_digits");
  ExpectInvalid(CreateIn("gem5", "NEW", -1).status(), "account.minor_unit_digits");
}

TEST_F(AccountUpdateTest, BalancesAreReadAtATime) {
  const v1::Transaction first = Pay("user1", "user2", 5);
  const absl::Time between = FromProto(first.create_time());
  v1::Transaction second = Pay("user1", "user2", 5);
  while (FromProto(second.create_time()) == between) second = Pay("user1", "user2", 5);
  const auto at = [](absl::Time time) {
    return absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone());
  };
  EXPECT_EQ(GetAt("user2", at(between - absl::Microseconds(1)))->balance(), 0);
  EXPECT_EQ(GetAt("user2", at(between))->balance(), 5);
  EXPECT_EQ(GetAt("user2", at(absl::Now() + absl::Hours(1)))->balance(), second.to_balance());
  EXPECT_EQ(GetAt("user2", "1999-12-31T23:59:59+02:00")->balance(), 0);
  ExpectInvalid(GetAt("user2", "2026-13-01T00:00:00Z").status(), "at");
  ExpectInvalid(GetAt("user2", "12:30").status(), "at");
}

}  // namespace
}  // namespace ledgercast::testing
