// Who may call at all, and signing in.

#include "tests/api/auth_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;

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
  const auto verifier = TokenVerifier::Create(
      {"ledgercast", "ledgercast"}, {.own = {keys.keys().begin(), keys.keys().end()}}, absl::Now);
  ASSERT_TRUE(verifier.ok()) << verifier.status();
  const auto identity =
      (*verifier)->Verify(SignIn("boss", kPassword)->access_token(), TokenKind::kAccess);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->subject, "boss");
  EXPECT_TRUE(identity->is_admin());
}

}  // namespace
}  // namespace ledgercast::testing
