#include "services/transaction/api/page_token.h"
#include "services/transaction/posting/limits.h"
#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AccountApiTest : public ServiceTest {
 protected:
  absl::StatusOr<v1::Account> CreateAs(const std::string& token, const v1::Account& account,
                                       const std::string& password = "") {
    Call call(token);
    v1::CreateAccountRequest request;
    *request.mutable_account() = account;
    request.set_password(password);
    v1::Account created;
    const auto status = accounts_->CreateAccount(&call, request, &created);
    if (!status.ok()) return FromGrpcStatus(status);
    return created;
  }

  absl::StatusOr<v1::Account> Get(const std::string& token, const std::string& name,
                                  const std::string& at = "") {
    Call call(token);
    v1::GetAccountRequest request;
    request.set_name(name);
    request.set_at(at);
    v1::Account account;
    const auto status = accounts_->GetAccount(&call, request, &account);
    if (!status.ok()) return FromGrpcStatus(status);
    return account;
  }

  absl::StatusOr<v1::ListAccountsResponse> List(const std::string& token, int page_size,
                                                const std::string& page_token = "") {
    Call call(token);
    v1::ListAccountsRequest request;
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    v1::ListAccountsResponse response;
    const auto status = accounts_->ListAccounts(&call, request, &response);
    if (!status.ok()) return FromGrpcStatus(status);
    return response;
  }
};

TEST_F(AccountApiTest, AnAdminMakesAnAccountThatCanPostAtOnce) {
  v1::Account account = AccountOf("dora", -10);
  account.set_display_name("Dora");
  account.set_balance(1'000);
  const auto created = CreateAs(AdminToken(), account);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->balance(), 0);
  EXPECT_EQ(created->minimum_balance(), -10);
  EXPECT_EQ(Pay("dora", "user1", 10).sequence(), 1);
  EXPECT_EQ(Get(AdminToken(), "dora")->balance(), -10);
}

TEST_F(AccountApiTest, AnAccountMadeWithoutAWordAboutItsLimitStaysAtZeroAndAbove) {
  const auto created = CreateAs(AdminToken(), AccountOf("dora"));
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_TRUE(created->has_minimum_balance());
  EXPECT_EQ(created->minimum_balance(), 0);
  EXPECT_FALSE(created->no_minimum());
  for (const std::string& token : {Token("dora"), AdminToken()}) {
    ExpectError(Create(Request("dora", "user1", 1), token).status(), Code::kFailedPrecondition,
                reason::kInsufficientFunds);
  }
}

TEST_F(AccountApiTest, ASystemAccountHasNoLimitAndSaysSo) {
  v1::Account account = AccountOf("bank");
  account.set_no_minimum(true);
  ASSERT_TRUE(CreateAs(AdminToken(), account).ok());
  Pay("bank", "user1", 1'000);
  EXPECT_TRUE(Get(AdminToken(), "bank")->no_minimum());
  EXPECT_FALSE(Get(AdminToken(), "bank")->has_minimum_balance());
  EXPECT_TRUE(List(AdminToken(), 1)->accounts(0).no_minimum());
}

TEST_F(AccountApiTest, ALimitIsWithinWhatABalanceCanBeOrThereIsNone) {
  v1::Account account = AccountOf("dora", -kMaxBalance);
  ASSERT_TRUE(CreateAs(AdminToken(), account).ok());
  account.set_name("erik");
  account.set_no_minimum(true);
  ExpectInvalid(CreateAs(AdminToken(), account).status(), "account.no_minimum");
  account.set_no_minimum(false);
  for (const int64_t minimum : {-kMaxBalance - 1, kMaxBalance + 1}) {
    account.set_minimum_balance(minimum);
    ExpectInvalid(CreateAs(AdminToken(), account).status(), "account.minimum_balance");
  }
}

TEST_F(AccountApiTest, OnlyAdminsMakeAccounts) {
  for (const std::string& token : {Token("user1"), RelayToken()}) {
    ExpectError(CreateAs(token, AccountOf("dora")).status(), Code::kPermissionDenied,
                reason::kNotAllowed);
  }
}

TEST_F(AccountApiTest, ANameIsTakenOnce) {
  ExpectError(CreateAs(AdminToken(), AccountOf("user1")).status(), Code::kAlreadyExists,
              reason::kAccountExists);
}

TEST_F(AccountApiTest, MalformedAccountsAreRefused) {
  for (const std::string& name :
       {std::string(), std::string("A"), std::string("-a"), std::string("a-"), std::string("a_b"),
        std::string(64, 'a'), std::string("a\0b", 3)}) {
    ExpectInvalid(CreateAs(AdminToken(), AccountOf(name)).status(), "account.name");
  }
  // It could not sign in: this name is the edge's own.
  ExpectInvalid(CreateAs(AdminToken(), AccountOf("relay")).status(), "account.name");
  v1::Account account = AccountOf("dora");
  for (const char* currency : {"", "pts", "P T", "ABCDEFGHIJKLM"}) {
    account.set_currency(currency);
    ExpectInvalid(CreateAs(AdminToken(), account).status(), "account.currency");
  }
  account.set_currency("PTS");
  account.set_display_name(std::string("\0", 1));
  ExpectInvalid(CreateAs(AdminToken(), account).status(), "account.display_name");
  account.clear_display_name();
  account.set_department(std::string(201, 'd'));
  ExpectInvalid(CreateAs(AdminToken(), account).status(), "account.department");
  ExpectInvalid(CreateAs(AdminToken(), AccountOf("dora"), "short").status(), "password");
  ExpectInvalid(CreateAs(AdminToken(), AccountOf("dora"), std::string(257, 'p')).status(),
                "password");
}

TEST_F(AccountApiTest, AMemberSeesItsOwnAccountAndNoOther) {
  Pay("user2", "user1", 7);
  EXPECT_EQ(Get(Token("user1"), "user1")->balance(), 7);
  ExpectError(Get(Token("user1"), "user2").status(), Code::kPermissionDenied, reason::kNotAllowed);
  // Not even whether it exists.
  ExpectError(Get(Token("user1"), "nobody").status(), Code::kPermissionDenied, reason::kNotAllowed);
  EXPECT_EQ(Get(RelayToken(), "user2")->balance(), -7);
}

TEST_F(AccountApiTest, UnknownAccountsAreNotFound) {
  ExpectError(Get(AdminToken(), "nobody").status(), Code::kNotFound, reason::kAccountNotFound);
  ExpectError(Get(Token("gone"), "gone").status(), Code::kNotFound, reason::kAccountNotFound);
  ExpectInvalid(Get(AdminToken(), "").status(), "name");
}

TEST_F(AccountApiTest, BalancesAreReadAtACursor) {
  Pay("user1", "user2", 5);
  Pay("user1", "user2", 5);
  EXPECT_EQ(Get(AdminToken(), "user2", CursorAt(0))->balance(), 0);
  EXPECT_EQ(Get(AdminToken(), "user2", CursorAt(1))->balance(), 5);
  EXPECT_EQ(Get(AdminToken(), "user2")->balance(), 10);
  ExpectInvalid(Get(AdminToken(), "user2", "x").status(), "at");
  for (const std::string& at : {FormatCursor("ffffffffffffffff", *store_.PositionAt(1)),
                                FormatCursor(ledger(), Position{3, 1})}) {
    const auto info = ExpectError(Get(AdminToken(), "user2", at).status(), Code::kOutOfRange,
                                  reason::kCursorUnknown);
    EXPECT_EQ(info.metadata().at("head"), CursorAt(2));
  }
}

TEST_F(AccountApiTest, AccountsAreListedInPagesByName) {
  std::vector<std::string> names;
  std::string page_token;
  do {
    const auto page = List(AdminToken(), 4, page_token);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& account : page->accounts()) names.push_back(account.name());
    page_token = page->next_page_token();
  } while (!page_token.empty());
  EXPECT_THAT(names, ElementsAre("admin", "euro", "poor", "user1", "user2", "user3"));
  ExpectInvalid(List(AdminToken(), 4, "x").status(), "page_token");
  ExpectInvalid(List(AdminToken(), -4).status(), "page_size");
}

TEST_F(AccountApiTest, APageTokenThatNobodyMadeIsRefused) {
  for (const std::string& place : {std::string(), std::string("\xff\xfe"), std::string("a' OR 1"),
                                   std::string("A"), std::string(64, 'a')}) {
    ExpectInvalid(List(AdminToken(), 4, MakePageToken("accounts", place)).status(), "page_token");
  }
  const std::string nul = MakePageToken("accounts", std::string("a\0b", 3));
  ExpectInvalid(List(AdminToken(), 4, nul).status(), "page_token");
  ExpectInvalid(List(Token("user1"), 4, nul).status(), "page_token");
}

TEST_F(AccountApiTest, AMemberListsItselfAlone) {
  const auto page = List(Token("user1"), 0);
  ASSERT_EQ(page->accounts_size(), 1);
  EXPECT_EQ(page->accounts(0).name(), "user1");
  EXPECT_THAT(List(Token("gone"), 0)->accounts(), IsEmpty());
}

}  // namespace
}  // namespace ledgercast::testing
