// Who may call at all, and signing in.

#include <functional>

#include "services/common/password.h"
#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;

class AuthTest : public ServiceTest {
 protected:
  AuthTest() {
    const auto hash = HashPassword(kPassword);
    EXPECT_TRUE(hash.ok());
    for (const char* name : {"erin", "boss"}) {
      v1::Account account = AccountOf(name);
      if (account.name() == "boss") account.set_department("management");
      EXPECT_TRUE(store_.CreateAccount(account, *hash).ok());
    }
  }

  absl::StatusOr<v1::IssueTokenResponse> SignIn(const std::string& name,
                                                const std::string& password) {
    Call call("");
    v1::IssueTokenRequest request;
    request.set_username(name);
    request.set_password(password);
    v1::IssueTokenResponse response;
    const auto status = auth_->IssueToken(&call, request, &response);
    if (!status.ok()) return FromGrpcStatus(status);
    return response;
  }

  absl::StatusOr<v1::RefreshTokenResponse> Refresh(const std::string& token) {
    Call call("");
    v1::RefreshTokenRequest request;
    request.set_refresh_token(token);
    v1::RefreshTokenResponse response;
    const auto status = auth_->RefreshToken(&call, request, &response);
    if (!status.ok()) return FromGrpcStatus(status);
    return response;
  }

  // Every RPC that needs a token.
  std::vector<absl::Status> CallAll(const std::string& token) {
    std::vector<absl::Status> results;
    const auto call_one = [&](auto* stub, auto method, auto request, auto response) {
      Call call(token);
      results.push_back(FromGrpcStatus((stub->*method)(&call, request, &response)));
    };
    using Transactions = v1::TransactionService::Stub;
    using Accounts = v1::AccountService::Stub;
    call_one(transactions_.get(), &Transactions::CreateTransaction, v1::CreateTransactionRequest(),
             v1::Transaction());
    call_one(transactions_.get(), &Transactions::GetTransaction, v1::GetTransactionRequest(),
             v1::Transaction());
    call_one(transactions_.get(), &Transactions::ListTransactions, v1::ListTransactionsRequest(),
             v1::ListTransactionsResponse());
    call_one(accounts_.get(), &Accounts::CreateAccount, v1::CreateAccountRequest(), v1::Account());
    call_one(accounts_.get(), &Accounts::GetAccount, v1::GetAccountRequest(), v1::Account());
    call_one(accounts_.get(), &Accounts::ListAccounts, v1::ListAccountsRequest(),
             v1::ListAccountsResponse());
    const auto watch = Watch(token, "");
    while (watch->Next()) watch->Cancel();
    results.push_back(watch->Finish());
    return results;
  }

  void ExpectAllRefuse(const std::string& token, std::string_view reason) {
    const auto results = CallAll(token);
    EXPECT_EQ(results.size(), 7u);
    for (const absl::Status& status : results) ExpectError(status, Code::kUnauthenticated, reason);
  }
};

TEST_F(AuthTest, NothingIsServedWithoutAToken) { ExpectAllRefuse("", reason::kTokenMissing); }

TEST_F(AuthTest, NothingIsServedWithABadToken) {
  ExpectAllRefuse("not.a.token", reason::kTokenInvalid);
  const auto foreign = TokenSigner::FromPem(TestKey(3).PrivatePem(), "ledgercast", "ledgercast");
  const absl::Time now = absl::Now();
  ExpectAllRefuse(
      foreign->Sign(TokenKind::kAccess, "admin", Role::kAdmin, now, now + absl::Minutes(1)),
      reason::kTokenInvalid);
}

TEST_F(AuthTest, NothingIsServedWithAnExpiredToken) {
  ExpectAllRefuse(Token("admin", Role::kAdmin, -absl::Minutes(1)), reason::kTokenExpired);
}

TEST_F(AuthTest, ARefreshTokenIsNoAccessToken) {
  const auto tokens = SignIn("erin", kPassword);
  ASSERT_TRUE(tokens.ok()) << tokens.status();
  ExpectAllRefuse(tokens->refresh_token(), reason::kTokenInvalid);
  ExpectError(Refresh(tokens->access_token()).status(), Code::kUnauthenticated,
              reason::kTokenInvalid);
}

TEST_F(AuthTest, AMemberSignsInAsItsAccountAndManagementAsAdmin) {
  const auto erin = SignIn("erin", kPassword);
  ASSERT_TRUE(erin.ok()) << erin.status();
  EXPECT_GT(erin->expires_at().seconds(), absl::ToUnixSeconds(absl::Now()));
  EXPECT_TRUE(Create(Request("erin", "user1", 1), erin->access_token()).ok());
  ExpectError(Create(Request("user1", "erin", 1), erin->access_token()).status(),
              Code::kPermissionDenied, reason::kNotAllowed);
  const auto boss = SignIn("boss", kPassword);
  EXPECT_TRUE(Create(Request("user1", "erin", 1), boss->access_token()).ok());
}

TEST_F(AuthTest, WrongNamesAndPasswordsGetOneAnswer) {
  const absl::Status wrong = SignIn("erin", "wrong password").status();
  ExpectError(wrong, Code::kUnauthenticated, reason::kBadCredentials);
  // No such account, one that nobody can sign in as, and names that are none.
  for (const std::string& name :
       {std::string("nobody"), std::string("user1"), std::string("' OR 1"),
        std::string("erin\0", 5), std::string(100'000, 'x')}) {
    EXPECT_EQ(SignIn(name, kPassword).status(), wrong);
  }
  ExpectInvalid(SignIn("", kPassword).status(), "username");
  ExpectInvalid(SignIn("erin", "").status(), "password");
  ExpectInvalid(SignIn("erin", std::string(257, 'p')).status(), "password");
}

TEST_F(AuthTest, RefreshingReadsTheAccountAnew) {
  const auto tokens = SignIn("erin", kPassword);
  database_.Run("UPDATE accounts SET department = 'management' WHERE name = 'erin'");
  const auto fresh = Refresh(tokens->refresh_token());
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  EXPECT_TRUE(Create(Request("user1", "erin", 1), fresh->access_token()).ok());
  database_.Run("UPDATE accounts SET password_hash = '' WHERE name = 'erin'");
  ExpectError(Refresh(fresh->refresh_token()).status(), Code::kUnauthenticated,
              reason::kTokenInvalid);
  ExpectError(Refresh("").status(), Code::kUnauthenticated, reason::kTokenMissing);
}

TEST_F(AuthTest, TheKeySetVerifiesWhatWasIssued) {
  Call call("");
  v1::GetJsonWebKeySetResponse keys;
  ASSERT_TRUE(auth_->GetJsonWebKeySet(&call, v1::GetJsonWebKeySetRequest(), &keys).ok());
  const auto verifier =
      TokenVerifier::Create({"ledgercast", "ledgercast"}, {keys.keys().begin(), keys.keys().end()},
                            {}, [] { return absl::Now(); });
  ASSERT_TRUE(verifier.ok()) << verifier.status();
  const auto identity =
      (*verifier)->Verify(SignIn("boss", kPassword)->access_token(), TokenKind::kAccess);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->subject, "boss");
  EXPECT_TRUE(identity->is_admin());
}

}  // namespace
}  // namespace ledgercast::testing
