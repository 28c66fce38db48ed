// What a token verifier must not accept.

#include "services/common/auth/token.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>

#include "services/common/base/errors.h"
#include "tests/support/test_key.h"
#include "tests/support/token_fixture.h"

namespace ledgercast {
namespace {

TEST_F(TokenTest, RefusesWhatIsNoToken) {
  EXPECT_EQ(ReasonOf(verifier_->Verify("", TokenKind::kAccess)), "TOKEN_MISSING");
  for (const char* text : {".", "..", "...", "a.b", "a.b.c", "a.b.c.d", "Bearer x", "\xff\xfe"}) {
    EXPECT_EQ(ReasonOf(Verify(text)), "TOKEN_INVALID") << text;
  }
}

TEST_F(TokenTest, RefusesOversize) {
  const std::string token = key_.Sign(
      Header(key_).dump(), With(Claims(), "pad", std::string(kMaxTokenBytes, 'x')).dump());
  EXPECT_EQ(ReasonOf(Verify(token)), "TOKEN_INVALID");
  const std::string fits = key_.Sign(
      Header(key_).dump(), With(Claims(), "pad", std::string(kMaxTokenBytes / 2, 'x')).dump());
  EXPECT_EQ(ReasonOf(Verify(fits)), "OK");
}

TEST_F(TokenTest, RefusesOtherAlgorithms) {
  for (const char* alg :
       {"none", "None", "NONE", "", "HS256", "ES256", "RS256", "EDDSA", "Ed448"}) {
    const Json header = With(Header(key_), "alg", alg);
    EXPECT_EQ(Outcome(header, Claims()), "TOKEN_INVALID") << alg;
    const std::string unsigned_token =
        EncodeBase64Url(header.dump()) + "." + EncodeBase64Url(Claims().dump()) + ".";
    EXPECT_EQ(ReasonOf(Verify(unsigned_token)), "TOKEN_INVALID") << alg;
  }
  EXPECT_EQ(Outcome(Without(Header(key_), "alg"), Claims()), "TOKEN_INVALID");
  EXPECT_EQ(Outcome(With(Header(key_), "alg", 5), Claims()), "TOKEN_INVALID");
}

// HS256 with the public key as the secret: the classic confusion.
TEST_F(TokenTest, RefusesPublicKeyAsSecret) {
  const std::string text = EncodeBase64Url(With(Header(key_), "alg", "HS256").dump()) + "." +
                           EncodeBase64Url(Claims().dump());
  for (const std::string& secret : {key_.PublicPem(), key_.jwk().x()}) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(secret.data()),
                                secret.size());
    crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()),
                                  text.size());
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_final(&state, mac);
    const std::string token =
        text + "." + EncodeBase64Url({reinterpret_cast<const char*>(mac), sizeof(mac)});
    EXPECT_EQ(ReasonOf(Verify(token)), "TOKEN_INVALID");
  }
}

TEST_F(TokenTest, RefusesParametersThatChangeTheReading) {
  for (const char* name : {"crit", "b64", "zip", "jwk", "jku", "x5u", "x5c"}) {
    for (const Json& value :
         {Json(nullptr), Json(false), Json("DEF"), Json(Json::array({"exp"}))}) {
      EXPECT_EQ(Outcome(With(Header(key_), name, value), Claims()), "TOKEN_INVALID") << name;
    }
  }
}

TEST_F(TokenTest, RefusesOtherKeys) {
  EXPECT_EQ(ReasonOf(Verify(stranger_.Sign(Header(stranger_).dump(), Claims().dump()))),
            "TOKEN_INVALID");
  // Under the name of a known key.
  EXPECT_EQ(ReasonOf(Verify(stranger_.Sign(Header(key_).dump(), Claims().dump()))),
            "TOKEN_INVALID");
  // Bringing its own key.
  const Json own = {{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", stranger_.jwk().x()}};
  EXPECT_EQ(
      ReasonOf(Verify(stranger_.Sign(With(Header(key_), "jwk", own).dump(), Claims().dump()))),
      "TOKEN_INVALID");
  EXPECT_EQ(Outcome(Without(Header(key_), "kid"), Claims()), "TOKEN_INVALID");
  EXPECT_EQ(Outcome(With(Header(key_), "kid", 7), Claims()), "TOKEN_INVALID");
  EXPECT_EQ(Outcome(With(Header(key_), "kid", key_.jwk().kid() + std::string(1, '\0')), Claims()),
            "TOKEN_INVALID");
}

TEST_F(TokenTest, RefusesOtherKinds) {
  for (const Json& typ : {Json("JWT"), Json("rt+jwt"), Json(""), Json("AT"), Json(1)}) {
    EXPECT_EQ(Outcome(With(Header(key_), "typ", typ), Claims()), "TOKEN_INVALID") << typ;
  }
  EXPECT_EQ(Outcome(Without(Header(key_), "typ"), Claims()), "TOKEN_INVALID");

  const TokenSigner signer = Signer(key_);
  const std::string access = signer.Sign(TokenKind::kAccess, "user1", Role::kMember, now_, end_);
  const std::string refresh = signer.Sign(TokenKind::kRefresh, "user1", Role::kMember, now_, end_);
  EXPECT_EQ(ReasonOf(Verify(access, TokenKind::kRefresh)), "TOKEN_INVALID");
  EXPECT_EQ(ReasonOf(Verify(refresh, TokenKind::kAccess)), "TOKEN_INVALID");
}

TEST_F(TokenTest, RefusesWrongClaims) {
  const auto refused = [this](const Json& claims) {
    EXPECT_EQ(Outcome(Header(key_), claims), "TOKEN_INVALID") << claims;
  };
  for (const char* name : {"iss", "aud", "sub", "exp"}) {
    refused(Without(Claims(), name));
    refused(With(Claims(), name, nullptr));
    refused(With(Claims(), name, Json::object()));
    refused(With(Claims(), name, ""));
  }
  refused(With(Claims(), "iss", "https://another.example"));
  refused(With(Claims(), "aud", "another"));
  refused(With(Claims(), "iss", {kIssuer}));
  refused(With(Claims(), "aud", {"other"}));
  refused(With(Claims(), "aud", Json::array()));
  refused(With(Claims(), "sub", std::string(300, 'a')));
  refused(With(Claims(), "exp", "1800000000"));
  refused(With(Claims(), "admin", "true"));
  refused(With(Claims(), "admin", 1));
  for (const Json& generation :
       {Json("1"), Json(1.0), Json(-1), Json(UINT64_MAX), Json(nullptr), Json(true)}) {
    refused(With(Claims(), "gen", generation));
  }
  refused(With(Claims(), "nbf", kNow + 60));
  refused(With(Claims(), "nbf", "now"));
  refused(With(Claims(), "nbf", kNow + 1));
  EXPECT_EQ(Outcome(Header(key_), With(Claims(), "nbf", kNow)), "OK");
  for (const Json& family : {Json(1), Json(""), Json("0190b5a0-0000-7000-8000-00000000000G"),
                             Json("0190B5A0-0000-7000-8000-000000000001")}) {
    refused(With(With(Claims(), "fam", family), "num", 1));
  }
  const Json in_family = With(Claims(), "fam", "0190b5a0-0000-7000-8000-000000000001");
  refused(in_family);
  refused(With(in_family, "num", -1));
  EXPECT_EQ(Outcome(Header(key_), With(in_family, "num", 1)), "OK");
}

TEST_F(TokenTest, RefusesControlCharactersInSubjects) {
  for (const char* subject : {"ann\n", "\x1b[2J", "a\tb", "a\x7f", "a\xc2\x85", "a\xc2\x9b"}) {
    EXPECT_EQ(Outcome(Header(key_), With(Claims(), "sub", subject)), "TOKEN_INVALID") << subject;
  }
  EXPECT_EQ(Outcome(Header(key_), With(Claims(), "sub", std::string("a\0", 2))), "TOKEN_INVALID");
  for (const char* subject : {"ann", "J\xc3\xbcrgen", "a\xc2\xa0z", "\xe6\xbc\xa2"}) {
    EXPECT_EQ(Outcome(Header(key_), With(Claims(), "sub", subject)), "OK") << subject;
  }
}

TEST_F(TokenTest, TheMostThatATokenMayHaveIsSaid) {
  const auto status = Verify(std::string(kMaxTokenBytes + 1, 'x')).status();
  EXPECT_EQ(MessageOf(status), "the token is not valid: it is longer than 16384 bytes");
}

TEST_F(TokenTest, RefusesRepeatedNames) {
  std::string header = Header(key_).dump();
  header.insert(1, R"("alg":"none",)");
  EXPECT_EQ(ReasonOf(Verify(key_.Sign(header, Claims().dump()))), "TOKEN_INVALID");
  std::string claims = Claims().dump();
  claims.insert(1, R"("sub":"boss",)");
  EXPECT_EQ(ReasonOf(Verify(key_.Sign(Header(key_).dump(), claims))), "TOKEN_INVALID");
}

TEST_F(TokenTest, RefusesWhatIsNoJsonObject) {
  const std::string header = Header(key_).dump();
  const std::string claims = Claims().dump();
  for (const std::string& bad :
       {std::string(""), std::string("null"), std::string("[]"), std::string("1"),
        std::string("\"x\""), std::string("{"), std::string("{}{}"),
        std::string("{\"a\":\"\xff\"}"), std::string("{} x"), std::string(3000, '['),
        std::string("\0{}", 3)}) {
    EXPECT_EQ(ReasonOf(Verify(key_.Sign(bad, claims))), "TOKEN_INVALID") << bad;
    EXPECT_EQ(ReasonOf(Verify(key_.Sign(header, bad))), "TOKEN_INVALID") << bad;
  }
}

TEST_F(TokenTest, RefusesLooseBase64) {
  const std::string header = EncodeBase64Url(Header(key_).dump());
  const std::string claims = EncodeBase64Url(Claims().dump());
  const std::string good = key_.SignParts(header, claims);
  ASSERT_EQ(ReasonOf(Verify(good)), "OK");
  for (const char* suffix : {"=", "==", "\n", " ", "+", "/", ".", "%3D"}) {
    EXPECT_EQ(ReasonOf(Verify(key_.SignParts(header + suffix, claims))), "TOKEN_INVALID") << suffix;
    EXPECT_EQ(ReasonOf(Verify(key_.SignParts(header, claims + suffix))), "TOKEN_INVALID") << suffix;
    EXPECT_EQ(ReasonOf(Verify(good + suffix)), "TOKEN_INVALID") << suffix;
    EXPECT_EQ(ReasonOf(Verify(suffix + good)), "TOKEN_INVALID") << suffix;
  }
  // 64 bytes end in a character with four bits to spare, which must be zero.
  std::string loose = good;
  ++loose.back();
  EXPECT_EQ(ReasonOf(Verify(loose)), "TOKEN_INVALID");
}

TEST_F(TokenTest, RefusesEveryTamperedByteAndEveryCut) {
  const std::string good = key_.Sign(Header(key_).dump(), Claims().dump());
  for (size_t i = 0; i < good.size(); ++i) {
    std::string tampered = good;
    tampered[i] = tampered[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ReasonOf(Verify(tampered)), "TOKEN_INVALID") << i;
  }
  for (size_t i = 1; i < good.size(); ++i) {
    EXPECT_EQ(ReasonOf(Verify(good.substr(0, i))), "TOKEN_INVALID") << i;
    EXPECT_EQ(ReasonOf(Verify(good.substr(i))), "TOKEN_INVALID") << i;
  }
}

TEST_F(TokenTest, RefusesGarbageOfAllLengths) {
  std::mt19937 random(1);
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_..";
  for (size_t length = 1; length < kMaxTokenBytes + 2; length += 1 + length / 50) {
    std::string bytes, text;
    for (size_t i = 0; i < length; ++i) {
      bytes.push_back(static_cast<char>(random()));
      text.push_back(alphabet[random() % alphabet.size()]);
    }
    EXPECT_EQ(ReasonOf(Verify(bytes)), "TOKEN_INVALID");
    EXPECT_EQ(ReasonOf(Verify(text)), "TOKEN_INVALID");
    verifier_->MissingKeyOf(bytes);
    verifier_->MissingKeyOf(text);
  }
}

}  // namespace
}  // namespace ledgercast
