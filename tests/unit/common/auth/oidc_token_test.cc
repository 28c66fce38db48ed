#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "services/common/auth/oidc_claims.h"
#include "tests/support/token_fixture.h"

namespace ledgercast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Made by another library (Node's crypto), e = 65537.
constexpr char kModulus2048[] =
    "xFQAs3c8W6oVco7XQ3Dy7p3utPzkKphvL0YFIVr9H_e2ntyN0vkhzNKJhJTvHHFlnVFi2p7eaQi_PLrUM8T_Mf9k"
    "swcL9p9PJzwFBDOgK4mb-7YD8dE-"
    "cRhS0kzVeZTS2F206UUq7JF1OAcPivUR9UpI64irbcHJMouoRM3iH3WNbzdJZff8HCT6XEdE9k6iGwlQ-xjwuNIF"
    "b3xx23-"
    "HmG8J3xen6MLvcdpNOZXOu_4mSXAApvCcS86jjwA8bESmV2BkX1xSTZ3QxU9QMbeIGT3lYHidfGNuaUe_HFL_IVW"
    "4hjBo5HHDr9tzJ_E8U49OoIV5vqBsTgLkvPMtLR010Q";
constexpr char kModulus1024[] =
    "w4XtNOsxxlvxAzEFG5IYFvaxfZS7yTqsQDtEOumHmyQYr1CTwjLH37Nzo2-"
    "7bD8YGtUw0pgPG5CwIiTXqRDsod519u2d5vdt-"
    "d0Rk6ONzmD18qvLwJyyd9Efnsnu1cPFNl0OWZu8zdq69Ulcs_aaRROXaUBd3RwHRlcAe98MIxs";
constexpr char kRs256Token[] =
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1"
    "wbGUiLCJhdWQiOlsibGVkZ2VyY2FzdCIsImFjY291bnQiXSwic3ViIjoiNDcxMSIsInByZWZlcnJlZF91c2VybmF"
    "tZSI6InVzZXIxIiwiZXhwIjoxNzAwMDAwOTAwLCJpYXQiOjE3MDAwMDAwMDB9.vPMqFbbNXlJNYwWGpTW1YVIJYc"
    "6LtIo1bCM3FS2nlHJfGsdRDfEIXPst-NBxDwUw7RNKZAs7Cu4DUkj6xnFmVWtFvtVtMFzSEiu3a663uOrzIH0ynR"
    "0uSVxBYe2QyZ2obaR1N2NUX7EKixi28HZ3Bp_5PQlM1OiBWlRhqZYkUvCDcaLO6pA0bVUFyqNYmNRaOyTbibz85X"
    "AL6VxLRtJPrN1APfmJUx5jShXOtxEupIxCgnAaTdG69ANF1OETPfVsYGG-"
    "kAzcn44d0_NjRlxQmD8BpVxypjLPiHCFcAdo5tvitDAz7ZZGm-eB9A7OQKXdk2XsYwakhQ6CskKipMaWeA";
constexpr char kPs256Token[] =
    "eyJhbGciOiJQUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1"
    "wbGUiLCJhdWQiOlsibGVkZ2VyY2FzdCIsImFjY291bnQiXSwic3ViIjoiNDcxMSIsInByZWZlcnJlZF91c2VybmF"
    "tZSI6InVzZXIxIiwiZXhwIjoxNzAwMDAwOTAwLCJpYXQiOjE3MDAwMDAwMDB9.TlA1ewqjvg8Tjzcvca-"
    "hQLfGkDPOvQkHA00YG0syyIuNzTfngrxLhZ_3wz48YSQnyz0z66yfDCY--soBtgiVVKxDU_EUhvsfRf3ZpgYfWyF"
    "59_IS2WLIXddTLOtn1kd_2SX8ECEJ28K8NCAnrUSNu_ObxzhsTnuK_JOmv_IgOHFq--"
    "mXlwQj2Aziy4rGMj44wp7sH-rjqpZ3VfGmRbpfEH1EoiyOuD2Vqi8lrzE_eShqTVafUNDU2hZIriAT6a7kXFdtec"
    "1GrRl9GkwMkCBHf9t9vXhsK9mG8PSBzqq2NPNbduVsnGmYyrCrWLl-N-_2-IxS7aQGjbVV-J-7wr-_1g";

constexpr char kProvider[] = "https://login.example";

v1::JsonWebKey RsaKey(const std::string& alg = "", const std::string& modulus = kModulus2048) {
  v1::JsonWebKey key;
  key.set_kty("RSA");
  key.set_kid("rsa");
  key.set_alg(alg);
  key.set_n(modulus);
  key.set_e("AQAB");
  return key;
}

class OidcTokenTest : public TokenTest {
 protected:
  OidcTokenTest() {
    oidc_.issuer = kProvider;
    oidc_.audience = kAudience;
  }

  void UseKeys(const std::vector<v1::JsonWebKey>& provider_keys) {
    const TokenVerifier::Options options{kIssuer, kAudience, oidc_};
    const TokenKeys keys{{key_.jwk()}, {relay_key_.jwk()}, provider_keys};
    auto verifier = TokenVerifier::Create(options, keys, [this] { return now_; });
    ASSERT_TRUE(verifier.ok()) << verifier.status();
    verifier_ = *verifier;
  }

  static Json TheirClaims() { return With(Claims(), "iss", kProvider); }

  absl::StatusOr<Identity> VerifyTheirs(const Json& claims, TokenKind kind = TokenKind::kAccess) {
    UseKeys({provider_key_.jwk()});
    return Verify(provider_key_.Sign(Header(provider_key_).dump(), claims.dump()), kind);
  }

  const TestKey provider_key_{7};
  OidcIssuer oidc_;
};

TEST_F(OidcTokenTest, AreGoodBesideOurs) {
  const auto theirs = VerifyTheirs(TheirClaims());
  ASSERT_TRUE(theirs.ok()) << theirs.status();
  EXPECT_EQ(theirs->subject, "user1");
  EXPECT_EQ(theirs->role, Role::kMember);
  EXPECT_EQ(theirs->expires_at, end_ + absl::Seconds(30)) << "by our clock, which may be ahead";
  EXPECT_FALSE(theirs->generation.has_value());
  EXPECT_EQ(Outcome(Header(key_), Claims()), "OK");
}

TEST_F(OidcTokenTest, OfOneIssuerAreNotSignedByTheOther) {
  UseKeys({provider_key_.jwk()});
  EXPECT_EQ(ReasonOf(VerifyTheirs(Claims())), "TOKEN_INVALID");
  EXPECT_EQ(Outcome(Header(key_), TheirClaims()), "TOKEN_INVALID");
  EXPECT_EQ(ReasonOf(Verify(relay_key_.Sign(Header(relay_key_).dump(), TheirClaims().dump()))),
            "TOKEN_INVALID");
}

TEST_F(OidcTokenTest, AreRefusedWithoutAProvider) {
  EXPECT_EQ(ReasonOf(Verify(provider_key_.Sign(Header(provider_key_).dump(), Claims().dump()))),
            "TOKEN_INVALID");
}

TEST_F(OidcTokenTest, AreForUsAndSpeakForSomebody) {
  EXPECT_EQ(ReasonOf(VerifyTheirs(With(TheirClaims(), "aud", "other"))), "TOKEN_INVALID");
  EXPECT_EQ(ReasonOf(VerifyTheirs(With(TheirClaims(), "aud", Json{"other", kAudience}))), "OK");
  EXPECT_EQ(ReasonOf(VerifyTheirs(Without(TheirClaims(), "sub"))), "TOKEN_INVALID");
  EXPECT_EQ(ReasonOf(VerifyTheirs(With(TheirClaims(), "sub", ""))), "TOKEN_INVALID");
  EXPECT_EQ(ReasonOf(VerifyTheirs(With(TheirClaims(), "sub", 7))), "TOKEN_INVALID");
  EXPECT_EQ(ReasonOf(VerifyTheirs(With(TheirClaims(), "sub", "relay"))), "TOKEN_INVALID");
  EXPECT_EQ(ReasonOf(VerifyTheirs(Without(TheirClaims(), "exp"))), "TOKEN_INVALID");
}

TEST_F(OidcTokenTest, AreGoodWithinTheLeewayForTheProvidersClock) {
  for (const absl::Duration leeway : {absl::ZeroDuration(), absl::Seconds(30), absl::Minutes(5)}) {
    oidc_.leeway = leeway;
    now_ = end_ + leeway - absl::Nanoseconds(1);
    EXPECT_EQ(ReasonOf(VerifyTheirs(TheirClaims())), "OK");
    now_ = end_ + leeway;
    EXPECT_EQ(ReasonOf(VerifyTheirs(TheirClaims())), "TOKEN_EXPIRED");
    now_ = absl::FromUnixSeconds(kNow) - leeway;
    EXPECT_EQ(ReasonOf(VerifyTheirs(With(TheirClaims(), "nbf", kNow))), "OK");
    EXPECT_EQ(ReasonOf(VerifyTheirs(With(TheirClaims(), "nbf", kNow + 0.5))), "TOKEN_INVALID");
  }
  // Ours do not need one.
  now_ = end_;
  EXPECT_EQ(Outcome(Header(key_), Claims()), "TOKEN_EXPIRED");
}

TEST_F(OidcTokenTest, MayNotNameWhatHasControlCharacters) {
  EXPECT_EQ(ReasonOf(VerifyTheirs(With(TheirClaims(), "sub", "ann\n"))), "TOKEN_INVALID");
  oidc_.accounts_claim = "accounts";
  EXPECT_EQ(ReasonOf(VerifyTheirs(With(TheirClaims(), "accounts", Json{"ann", "bob\x1b"}))),
            "TOKEN_INVALID");
  EXPECT_EQ(ReasonOf(VerifyTheirs(With(TheirClaims(), "accounts", Json{"ann", "bob"}))), "OK");
}

TEST_F(OidcTokenTest, MayLeaveOutOfWhichKindTheyAre) {
  UseKeys({provider_key_.jwk()});
  const auto outcome = [this](const Json& header) {
    return ReasonOf(Verify(provider_key_.Sign(header.dump(), TheirClaims().dump())));
  };
  const Json header = Header(provider_key_);
  EXPECT_EQ(outcome(Without(header, "typ")), "OK");
  EXPECT_EQ(outcome(With(header, "typ", "JWT")), "OK");
  EXPECT_EQ(outcome(With(header, "typ", "application/at+jwt")), "OK");
  EXPECT_EQ(outcome(With(header, "typ", "logout+jwt")), "TOKEN_INVALID");
  EXPECT_EQ(outcome(With(header, "typ", 1)), "TOKEN_INVALID");
  EXPECT_EQ(Outcome(With(Header(key_), "typ", "JWT"), Claims()), "TOKEN_INVALID");
}

TEST_F(OidcTokenTest, AreNeverRefreshTokensOfOurs) {
  UseKeys({provider_key_.jwk()});
  const Json header = With(Header(provider_key_), "typ", "rt+jwt");
  const std::string token = provider_key_.Sign(header.dump(), TheirClaims().dump());
  EXPECT_EQ(ReasonOf(Verify(token, TokenKind::kRefresh)), "TOKEN_INVALID");
  EXPECT_EQ(ReasonOf(Verify(token)), "TOKEN_INVALID");
}

TEST_F(OidcTokenTest, AreReadByTheClaimsThatAreConfigured) {
  oidc_.subject_claim = "preferred_username";
  oidc_.admin_claim = "/realm_access/roles";
  oidc_.admin_values = {"ledger-admin", "root"};
  const Json member = With(TheirClaims(), "preferred_username", "bob");
  const auto admin_by = [&](const Json& roles) {
    const auto identity = VerifyTheirs(With(member, "realm_access", Json{{"roles", roles}}));
    EXPECT_TRUE(identity.ok()) << identity.status();
    EXPECT_EQ(identity->subject, "bob");
    return identity->is_admin();
  };
  EXPECT_FALSE(VerifyTheirs(member)->is_admin());
  EXPECT_TRUE(admin_by(Json{"user", "root"}));
  EXPECT_TRUE(admin_by("ledger-admin"));
  EXPECT_TRUE(admin_by(true));
  EXPECT_FALSE(admin_by(Json{"user", "ledger"}));
  EXPECT_FALSE(admin_by("root2"));
  EXPECT_FALSE(admin_by(1));
  EXPECT_FALSE(admin_by(Json::object()));
  EXPECT_EQ(ReasonOf(VerifyTheirs(TheirClaims())), "TOKEN_INVALID");
}

TEST_F(OidcTokenTest, ActForTheirSubjectUnlessAnotherClaimNamesTheAccounts) {
  EXPECT_THAT(VerifyTheirs(TheirClaims())->accounts, ElementsAre("user1"));
  oidc_.accounts_claim = "/ledger/accounts";
  const auto with = [](const Json& accounts) {
    return With(TheirClaims(), "ledger", Json{{"accounts", accounts}});
  };
  const auto several = VerifyTheirs(with({"till-2", "till-1", "till-2"}));
  ASSERT_TRUE(several.ok()) << several.status();
  EXPECT_EQ(several->subject, "user1");
  EXPECT_THAT(several->accounts, ElementsAre("till-1", "till-2"));
  EXPECT_THAT(VerifyTheirs(with("till-1"))->accounts, ElementsAre("till-1"));
  const Json too_many = std::vector<std::string>(kMaxFilterAccounts + 1, "till");
  for (const Json& bad :
       {Json(nullptr), Json(true), Json(""), Json::array(), Json{"till", 1}, Json{"till", ""},
        Json{"till", Json::array({"safe"})}, Json{{"till", "safe"}}, too_many}) {
    EXPECT_EQ(ReasonOf(VerifyTheirs(with(bad))), "TOKEN_INVALID") << bad;
  }
  EXPECT_EQ(ReasonOf(VerifyTheirs(TheirClaims())), "TOKEN_INVALID");
  // An admin needs none.
  const auto admin = VerifyTheirs(With(TheirClaims(), "admin", true));
  ASSERT_TRUE(admin.ok()) << admin.status();
  EXPECT_THAT(admin->accounts, IsEmpty());
  EXPECT_TRUE(admin->viewer().sees_all);
}

TEST_F(OidcTokenTest, ClaimsOfOursDoNotMakeAdminsOfTheirs) {
  oidc_.admin_claim = "roles";
  EXPECT_FALSE(VerifyTheirs(With(TheirClaims(), "admin", true))->is_admin());
}

TEST_F(OidcTokenTest, OfRsaVerify) {
  oidc_.subject_claim = "preferred_username";
  UseKeys({RsaKey()});
  const std::string good = kRs256Token;
  const auto identity = Verify(good);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->subject, "user1");
  for (size_t i = 0; i < good.size(); i += 5) {
    std::string tampered = good;
    tampered[i] = tampered[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ReasonOf(Verify(tampered)), "TOKEN_INVALID") << i;
  }
  // The algorithm is the key's.
  EXPECT_EQ(ReasonOf(Verify(kPs256Token)), "TOKEN_INVALID");
  UseKeys({RsaKey("PS256")});
  EXPECT_EQ(ReasonOf(Verify(kPs256Token)), "OK");
  EXPECT_EQ(ReasonOf(Verify(good)), "TOKEN_INVALID");
}

TEST_F(OidcTokenTest, KeysThatCannotBeUsedAreLeftOut) {
  v1::JsonWebKey ours = key_.jwk();
  ours.set_kid("copy of ours");
  v1::JsonWebKey relays = relay_key_.jwk();
  relays.set_kid("copy of the relay's");
  v1::JsonWebKey same_kid = provider_key_.jwk();
  same_kid.set_kid(key_.jwk().kid());
  UseKeys({ours, relays, same_kid, RsaKey("", kModulus1024), RsaKey("RS512"), provider_key_.jwk()});
  const auto outcome = [this](const TestKey& key, const std::string& kid) {
    const Json header = With(Header(key), "kid", kid);
    return ReasonOf(Verify(key.Sign(header.dump(), TheirClaims().dump())));
  };
  EXPECT_EQ(outcome(key_, "copy of ours"), "TOKEN_INVALID");
  EXPECT_EQ(outcome(relay_key_, "copy of the relay's"), "TOKEN_INVALID");
  EXPECT_EQ(outcome(provider_key_, key_.jwk().kid()), "TOKEN_INVALID");
  EXPECT_EQ(outcome(provider_key_, provider_key_.jwk().kid()), "OK");
  EXPECT_FALSE(PublicKey::FromJwk(RsaKey("", kModulus1024)).ok());
  EXPECT_FALSE(PublicKey::FromJwk(RsaKey("RS512")).ok());
}

}  // namespace
}  // namespace ledgercast
