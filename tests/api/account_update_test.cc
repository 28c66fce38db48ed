// UpdateAccount, balances at a time, and currencies.

#include "services/common/base/proto_time.h"
#include "services/transaction/posting/limits.h"
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
  account = Named("user1");
  account.set_no_minimum(true);
  const auto unlimited = Update(AdminToken(), account, {"no_minimum"});
  ASSERT_TRUE(unlimited.ok()) << unlimited.status();
  EXPECT_TRUE(unlimited->no_minimum());
  EXPECT_FALSE(unlimited->has_minimum_balance());
  EXPECT_TRUE(Create(Request("user1", "user2", 1), AdminToken()).ok());
}

TEST_F(AccountUpdateTest, ALimitComesAndGoesByEitherField) {
  v1::Account account = Named("user1");
  account.set_minimum_balance(-5);
  for (const std::vector<std::string>& mask : std::vector<std::vector<std::string>>{
           {}, {"minimum_balance"}, {"minimum_balance", "no_minimum"}}) {
    v1::Account none = Named("user1");
    none.set_no_minimum(true);
    ASSERT_TRUE(Update(AdminToken(), none).ok());
    const auto limited = Update(AdminToken(), account, mask);
    ASSERT_TRUE(limited.ok()) << limited.status();
    EXPECT_EQ(limited->minimum_balance(), -5);
    EXPECT_FALSE(limited->no_minimum());
  }
  // A field that the mask does not name is not looked at: the account may be as it was read.
  account.set_no_minimum(true);
  EXPECT_EQ(Update(AdminToken(), account, {"minimum_balance"})->minimum_balance(), -5);
}

TEST_F(AccountUpdateTest, ALimitIsSaidClearlyOrRefused) {
  v1::Account both = Named("user1");
  both.set_minimum_balance(0);
  both.set_no_minimum(true);
  ExpectInvalid(Update(AdminToken(), both).status(), "account.minimum_balance");
  ExpectInvalid(Update(AdminToken(), both, {"minimum_balance", "no_minimum"}).status(),
                "account.minimum_balance");
  for (const char* path : {"minimum_balance", "no_minimum"}) {
    ExpectInvalid(Update(AdminToken(), Named("user1"), {path}).status(), "account.minimum_balance");
  }
  v1::Account beyond = Named("user1");
  for (const int64_t minimum : {-kMaxBalance - 1, kMaxBalance + 1}) {
    beyond.set_minimum_balance(minimum);
    ExpectInvalid(Update(AdminToken(), beyond).status(), "account.minimum_balance");
  }
}

TEST_F(AccountUpdateTest, AFieldOfAnyLengthIsNamedShortly) {
  const absl::Status status =
      Update(AdminToken(), Named("user1"), {std::string(1'000'000, 'x')}).status();
  ExpectInvalid(status, "update_mask");
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
  EXPECT_EQ(GetAt("user2", "0001-01-01T00:00:00Z")->balance(), 0);
  EXPECT_EQ(GetAt("user2", "9999-12-31T23:59:59.999999Z")->balance(), second.to_balance());
  // Years that a Timestamp or PostgreSQL does not hold.
  for (const char* at_the_ends :
       {"0000-12-31T23:59:59Z", "-0001-01-01T00:00:00Z", "-4714-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z", "294277-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+00:01", "9223372036854775807-01-01T00:00:00Z",
        "99999999999999999999-01-01T00:00:00Z"}) {
    ExpectInvalid(GetAt("user2", at_the_ends).status(), "at");
  }
}

}  // namespace
}  // namespace ledgercast::testing
