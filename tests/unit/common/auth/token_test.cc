#include "services/common/auth/token.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "services/common/base/errors.h"
#include "tests/support/test_key.h"
#include "tests/support/token_fixture.h"

namespace ledgercast {
namespace {

TEST_F(TokenTest, SignedTokensSayWhoTheyAreFor) {
  const TokenSigner signer = Signer(key_);
  EXPECT_EQ(signer.public_key().SerializeAsString(), key_.jwk().SerializeAsString());

  const auto member = Verify(signer.Sign(TokenKind::kAccess, "user1", Role::kMember, now_, end_));
  ASSERT_TRUE(member.ok()) << member.status();
  EXPECT_EQ(member->subject, "user1");
  EXPECT_EQ(member->role, Role::kMember);
  EXPECT_EQ(member->expires_at, end_);
  EXPECT_FALSE(member->viewer().sees_all);
  EXPECT_EQ(member->generation, 0);
  EXPECT_EQ(member->issued_at, now_);

  const auto admin = Verify(signer.Sign(TokenKind::kAccess, "boss", Role::kAdmin, now_, end_));
  ASSERT_TRUE(admin.ok()) << admin.status();
  EXPECT_TRUE(admin->is_admin());

  const auto refresh = Verify(signer.Sign(TokenKind::kRefresh, "user1", Role::kMember, now_, end_),
                              TokenKind::kRefresh);
  EXPECT_TRUE(refresh.ok()) << refresh.status();
}

TEST_F(TokenTest, SignedTokensHoldTheAgreedClaims) {
  const TokenSigner signer = Signer(key_);
  CompactParts parts;
  ASSERT_TRUE(SplitCompact(
      signer.Sign(TokenKind::kAccess, "user1", Role::kAdmin, now_, end_, /*generation=*/7),
      &parts));
  EXPECT_EQ(Json::parse(parts.header), Header(key_));
  const Json claims = Json::parse(parts.payload);
  EXPECT_EQ(Without(claims, "jti"), Without(With(With(Claims(), "admin", true), "gen", 7), "jti"));
  const std::string again = signer.Sign(TokenKind::kAccess, "user1", Role::kAdmin, now_, end_);
  CompactParts other;
  ASSERT_TRUE(SplitCompact(again, &other));
  EXPECT_NE(claims["jti"], Json::parse(other.payload)["jti"]);
}

TEST_F(TokenTest, TheGenerationAndTheTimeOfIssueComeBack) {
  const auto signed_token = Verify(Signer(key_).Sign(TokenKind::kAccess, "user1", Role::kMember,
                                                     now_, end_, /*generation=*/INT64_MAX));
  ASSERT_TRUE(signed_token.ok()) << signed_token.status();
  EXPECT_EQ(signed_token->generation, INT64_MAX);
  EXPECT_EQ(signed_token->issued_at, now_);
  const auto silent =
      Verify(key_.Sign(Header(key_).dump(), Without(Without(Claims(), "iat"), "gen").dump()));
  ASSERT_TRUE(silent.ok()) << silent.status();
  EXPECT_EQ(silent->generation, 0);
  EXPECT_EQ(silent->issued_at, absl::InfiniteFuture());
}

TEST_F(TokenTest, AcceptsTokensOfAnotherLibrary) {
  EXPECT_EQ(Outcome(Header(key_), Claims()), "OK");
  EXPECT_EQ(Outcome(With(Header(key_), "typ", "application/at+jwt"), Claims()), "OK");
  EXPECT_EQ(Outcome(Header(key_), With(Claims(), "aud", {"other", kAudience})), "OK");
  EXPECT_EQ(Outcome(Header(key_), Without(Claims(), "admin")), "OK");
  EXPECT_EQ(Outcome(With(Header(key_), "x5t", "ignored"), Claims()), "OK");
}

TEST_F(TokenTest, OurOwnTokensEndToTheMoment) {
  const std::string token = key_.Sign(Header(key_).dump(), Claims().dump());
  now_ = end_ - absl::Nanoseconds(1);
  EXPECT_EQ(ReasonOf(Verify(token)), "OK");
  now_ = end_;
  EXPECT_EQ(ReasonOf(Verify(token)), "TOKEN_EXPIRED");
  now_ = end_ + absl::Hours(1000);
  EXPECT_EQ(ReasonOf(Verify(token)), "TOKEN_EXPIRED");
  // Nobody learns from an expired token that it was ever good if it was not.
  EXPECT_EQ(ReasonOf(Verify(stranger_.Sign(Header(key_).dump(), Claims().dump()))),
            "TOKEN_INVALID");
}

// RFC 7519: a NumericDate is any JSON number.
TEST_F(TokenTest, TimesMayBeAnyNumber) {
  const auto with = [this](const char* claim, const char* number) {
    std::string claims = Without(Claims(), claim).dump();
    claims.insert(1, "\"" + std::string(claim) + "\":" + number + ",");
    return Verify(key_.Sign(Header(key_).dump(), claims));
  };
  for (const char* good : {"1700000900", "1700000900.0", "1.7000009e9", "17000009E2",
                           "1700000000.5", "1800000000000", "1e300", "18446744073709551615"}) {
    const auto identity = with("exp", good);
    EXPECT_TRUE(identity.ok()) << good << identity.status();
  }
  EXPECT_EQ(with("exp", "1700000000.25")->expires_at, now_ + absl::Milliseconds(250));
  EXPECT_LT(with("exp", "1e300")->expires_at, absl::FromUnixSeconds(253402300800));
  for (const char* past : {"0", "-1", "-0.0", "1e-300", "-1e300", "-9223372036854775808",
                           "1699999999.999", "1700000000"}) {
    EXPECT_EQ(ReasonOf(with("exp", past)), "TOKEN_EXPIRED") << past;
  }
  for (const char* bad :
       {"1e400", "NaN", "Infinity", "\"1700000900\"", "true", "null", "[]", "{}"}) {
    EXPECT_EQ(ReasonOf(with("exp", bad)), "TOKEN_INVALID") << bad;
    EXPECT_EQ(ReasonOf(with("nbf", bad)), "TOKEN_INVALID") << bad;
    EXPECT_EQ(ReasonOf(with("iat", bad)), "TOKEN_INVALID") << bad;
  }
  for (const char* begun : {"1700000000", "1.7e9", "-1e300", "0.5"}) {
    EXPECT_EQ(ReasonOf(with("nbf", begun)), "OK") << begun;
  }
  for (const char* later : {"1700000000.001", "1e300", "1700000001"}) {
    EXPECT_EQ(ReasonOf(with("nbf", later)), "TOKEN_INVALID") << later;
  }
  EXPECT_EQ(with("iat", "1699999999.5")->issued_at, now_ - absl::Milliseconds(500));
}

TEST_F(TokenTest, TheFamilyComesBack) {
  const TokenFamily family{"0190b5a0-0000-7000-8000-000000000001", 7};
  const auto identity = Verify(Signer(key_).Sign(TokenKind::kRefresh, "user1", Role::kMember, now_,
                                                 end_, /*generation=*/0, family),
                               TokenKind::kRefresh);
  ASSERT_TRUE(identity.ok()) << identity.status();
  ASSERT_TRUE(identity->family.has_value());
  EXPECT_EQ(identity->family->id, family.id);
  EXPECT_EQ(identity->family->number, 7);
  EXPECT_FALSE(identity->token_id.empty());
  const auto without =
      Verify(Signer(key_).Sign(TokenKind::kAccess, "user1", Role::kMember, now_, end_));
  EXPECT_FALSE(without->family.has_value());
}

TEST_F(TokenTest, OnlyTheRelaysKeySpeaksForTheRelay) {
  const TokenSigner relay = Signer(relay_key_);
  const auto identity =
      Verify(relay.Sign(TokenKind::kAccess, kRelaySubject, Role::kRelay, now_, end_));
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->role, Role::kRelay);
  EXPECT_FALSE(identity->is_admin());
  EXPECT_TRUE(identity->viewer().sees_all);

  const auto outcome = [&](const TokenSigner& signer, std::string_view subject, Role role) {
    return ReasonOf(Verify(signer.Sign(TokenKind::kAccess, subject, role, now_, end_)));
  };
  EXPECT_EQ(outcome(relay, "user1", Role::kMember), "TOKEN_INVALID");
  EXPECT_EQ(outcome(relay, "boss", Role::kAdmin), "TOKEN_INVALID");
  EXPECT_EQ(outcome(relay, kRelaySubject, Role::kAdmin), "TOKEN_INVALID");
  EXPECT_EQ(
      ReasonOf(Verify(relay.Sign(TokenKind::kRefresh, kRelaySubject, Role::kRelay, now_, end_),
                      TokenKind::kRefresh)),
      "TOKEN_INVALID");

  const TokenSigner ordinary = Signer(key_);
  EXPECT_EQ(outcome(ordinary, kRelaySubject, Role::kRelay), "TOKEN_INVALID");
  EXPECT_EQ(outcome(ordinary, kRelaySubject, Role::kAdmin), "TOKEN_INVALID");
  // A claim that is not ours gives nothing.
  const auto claimed =
      Verify(key_.Sign(Header(key_).dump(), With(Claims(), "role", "relay").dump()));
  ASSERT_TRUE(claimed.ok());
  EXPECT_EQ(claimed->role, Role::kMember);
}

TEST_F(TokenTest, KnowsWhoseTokensItCanVerify) {
  EXPECT_FALSE(verifier_->MissingKeyOf(key_.Sign(Header(key_).dump(), "{}")));
  EXPECT_FALSE(verifier_->MissingKeyOf(relay_key_.Sign(Header(relay_key_).dump(), "{}")));
  EXPECT_TRUE(verifier_->MissingKeyOf(stranger_.Sign(Header(stranger_).dump(), "{}")));
  EXPECT_FALSE(verifier_->MissingKeyOf(""));
  EXPECT_FALSE(verifier_->MissingKeyOf("garbage"));
}

TEST_F(TokenTest, RefusesKeysThatItCannotUse) {
  const auto refused = [](const std::vector<v1::JsonWebKey>& keys,
                          const std::vector<v1::JsonWebKey>& relay) {
    const auto verifier = TokenVerifier::Create({kIssuer, kAudience}, {keys, relay, {}}, absl::Now);
    EXPECT_TRUE(absl::IsInvalidArgument(verifier.status())) << verifier.status();
  };
  const auto changed = [this](const std::function<void(v1::JsonWebKey*)>& change) {
    v1::JsonWebKey jwk = key_.jwk();
    change(&jwk);
    return std::vector<v1::JsonWebKey>{jwk};
  };
  refused(changed([](auto* jwk) { jwk->clear_kid(); }), {});
  refused(changed([](auto* jwk) { jwk->set_kty("RSA"); }), {});
  refused(changed([](auto* jwk) { jwk->set_kty("oct"); }), {});
  refused(changed([](auto* jwk) { jwk->set_crv("X25519"); }), {});
  refused(changed([](auto* jwk) { jwk->set_alg("ES256"); }), {});
  refused(changed([](auto* jwk) { jwk->set_alg("none"); }), {});
  refused(changed([](auto* jwk) { jwk->set_use("enc"); }), {});
  refused(changed([](auto* jwk) { jwk->set_x("AAAA"); }), {});
  refused(changed([](auto* jwk) { jwk->set_x("not base64!"); }), {});
  refused({key_.jwk(), key_.jwk()}, {});
  refused({key_.jwk()}, {key_.jwk()});
  refused({key_.jwk()}, {TestKey(1, "another name").jwk()});
  refused({TestKey(1, "same").jwk(), TestKey(2, "same").jwk()}, {});
}

TEST_F(TokenTest, RefusesPemsThatItCannotUse) {
  for (const std::string& pem :
       {std::string(""), std::string("garbage"), key_.PublicPem(), std::string(1 << 20, '-'),
        std::string("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")}) {
    EXPECT_FALSE(TokenSigner::FromPem(pem, kIssuer, kAudience).ok());
  }
  EXPECT_FALSE(PublicKeyFromPem(key_.PrivatePem()).ok());
  EXPECT_FALSE(PublicKeyFromPem("").ok());
  const auto jwk = PublicKeyFromPem(key_.PublicPem());
  ASSERT_TRUE(jwk.ok()) << jwk.status();
  EXPECT_EQ(jwk->SerializeAsString(), key_.jwk().SerializeAsString());
}

// Made by OpenSSL.
constexpr char kEs256Pem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEht9ETTBpBTLZrjue1YH0JOuYfd9l\n"
    "4w92zsxEwUqPzkT8+4qgEL4vNEybLFnb7Qtf4SdmiHjnq+1W9C+DeQWVyQ==\n"
    "-----END PUBLIC KEY-----\n";
constexpr char kEs256Token[] =
    "eyJhbGciOiAiRVMyNTYiLCAidHlwIjogImF0K2p3dCIsICJraWQiOiAiRzR5eHo1T3FBYVBhRlNueV9IYWhLbUpiSzJ5"
    "MzJqbWdtN1MxSGhkSHJuVSJ9.eyJpc3MiOiAiaHR0cHM6Ly9pc3N1ZXIuZXhhbXBsZSIsICJhdWQiOiAibGVkZ2VyY2"
    "FzdCIsICJzdWIiOiAidXNlcjEiLCAiaWF0IjogMTcwMDAwMDAwMCwgImV4cCI6IDE3MDAwMDA5MDAsICJqdGkiOiAiZm"
    "l4dHVyZSJ9.9iaDvSzGdg4O8IQoFQxEGYcDhjn2F07A-IuzXpIcgdMBUv4_9kb8VwgbD8XGcanyM0IrcSYav_3V5vES"
    "qbrpdw";

TEST_F(TokenTest, VerifiesEs256) {
  const auto jwk = PublicKeyFromPem(kEs256Pem);
  ASSERT_TRUE(jwk.ok()) << jwk.status();
  EXPECT_EQ(jwk->kid(), "G4yxz5OqAaPaFSny_HahKmJbK2y32jmgm7S1HhdHrnU");
  EXPECT_EQ(jwk->alg(), "ES256");
  const auto verifier = TokenVerifier::Create({"https://issuer.example", kAudience},
                                              {.own = {key_.jwk(), *jwk}}, [this] { return now_; });
  ASSERT_TRUE(verifier.ok()) << verifier.status();
  const std::string good = kEs256Token;
  const auto identity = (*verifier)->Verify(good, TokenKind::kAccess);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->subject, "user1");
  for (size_t i = 0; i < good.size(); i += 3) {
    std::string tampered = good;
    tampered[i] = tampered[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ReasonOf((*verifier)->Verify(tampered, TokenKind::kAccess)), "TOKEN_INVALID") << i;
  }
  // All zeros: what CVE-2022-21449 accepted.
  const std::string unsigned_part = good.substr(0, good.rfind('.') + 1);
  for (const size_t size : {0, 63, 64, 65, 72, 96, 132}) {
    const std::string zeros = unsigned_part + EncodeBase64Url(std::string(size, '\0'));
    EXPECT_EQ(ReasonOf((*verifier)->Verify(zeros, TokenKind::kAccess)), "TOKEN_INVALID") << size;
  }
  v1::JsonWebKey off_curve = *jwk;
  off_curve.set_y(off_curve.x());
  const auto useless =
      TokenVerifier::Create({"https://issuer.example", kAudience}, {.own = {off_curve}}, absl::Now);
  ASSERT_TRUE(useless.ok()) << useless.status();
  EXPECT_EQ(ReasonOf((*useless)->Verify(good, TokenKind::kAccess)), "TOKEN_INVALID");
  v1::JsonWebKey half = *jwk;
  half.clear_y();
  EXPECT_FALSE(TokenVerifier::Create({kIssuer, kAudience}, {.own = {half}}, absl::Now).ok());
}

TEST_F(TokenTest, SignsAndVerifiesOnManyThreads) {
  const TokenSigner signer = Signer(key_);
  const std::string bad = stranger_.Sign(Header(key_).dump(), Claims().dump());
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      const std::string subject = "user" + std::to_string(t);
      for (int i = 0; i < 100; ++i) {
        const auto identity =
            verifier_->Verify(signer.Sign(TokenKind::kAccess, subject, Role::kMember, now_, end_),
                              TokenKind::kAccess);
        if (!identity.ok() || identity->subject != subject) ++wrong;
        if (verifier_->Verify(bad, TokenKind::kAccess).ok()) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(BearerTokenTest, ReadsTheScheme) {
  EXPECT_EQ(BearerToken("Bearer abc"), "abc");
  EXPECT_EQ(BearerToken("bearer   abc"), "abc");
  EXPECT_EQ(BearerToken("Bearer "), "");
  EXPECT_EQ(BearerToken("Bearer"), "");
  EXPECT_EQ(BearerToken("Basic abc"), "");
  EXPECT_EQ(BearerToken("Bearerabc"), "");
  EXPECT_EQ(BearerToken(""), "");
}

}  // namespace
}  // namespace ledgercast
