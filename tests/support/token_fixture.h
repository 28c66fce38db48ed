#ifndef TESTS_SUPPORT_TOKEN_FIXTURE_H_
#define TESTS_SUPPORT_TOKEN_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "services/common/auth/token.h"
#include "services/common/base/errors.h"
#include "tests/support/test_key.h"

namespace ledgercast {

using Json = nlohmann::json;

inline constexpr int64_t kNow = 1'700'000'000;
inline constexpr char kIssuer[] = "https://ledger.example";
inline constexpr char kAudience[] = "ledgercast";

inline std::string ReasonOf(const absl::StatusOr<Identity>& result) {
  return result.ok() ? "OK" : GetErrorInfo(result.status()).reason();
}

class TokenTest : public ::testing::Test {
 protected:
  static Json Header(const TestKey& key) {
    return {{"alg", "EdDSA"}, {"typ", "at+jwt"}, {"kid", key.jwk().kid()}};
  }

  static Json Claims() {
    return {{"iss", kIssuer},    {"aud", kAudience}, {"sub", "user1"}, {"iat", kNow},
            {"exp", kNow + 900}, {"jti", "1"},       {"admin", false}};
  }

  static Json With(Json object, const char* name, Json value) {
    object[name] = std::move(value);
    return object;
  }

  static Json Without(Json object, const char* name) {
    object.erase(name);
    return object;
  }

  std::shared_ptr<const TokenVerifier> Verifier(const std::vector<v1::JsonWebKey>& keys,
                                                const std::vector<v1::JsonWebKey>& relay_keys) {
    auto verifier = TokenVerifier::Create({kIssuer, kAudience}, {keys, relay_keys, {}},
                                          [this] { return now_; });
    EXPECT_TRUE(verifier.ok()) << verifier.status();
    return *verifier;
  }

  absl::StatusOr<Identity> Verify(const std::string& token, TokenKind kind = TokenKind::kAccess) {
    auto result = verifier_->Verify(token, kind);
    if (!result.ok()) {
      EXPECT_TRUE(absl::IsUnauthenticated(result.status())) << result.status();
      if (token.size() > 8) {
        EXPECT_EQ(MessageOf(result.status()).find(token), std::string_view::npos);
      }
    }
    return result;
  }

  std::string Outcome(const Json& header, const Json& claims) {
    return ReasonOf(Verify(key_.Sign(header.dump(), claims.dump())));
  }

  TokenSigner Signer(const TestKey& key) {
    auto signer = TokenSigner::FromPem(key.PrivatePem(), kIssuer, kAudience);
    EXPECT_TRUE(signer.ok()) << signer.status();
    return *std::move(signer);
  }

  absl::Time now_ = absl::FromUnixSeconds(kNow);
  const absl::Time end_ = absl::FromUnixSeconds(kNow + 900);
  const TestKey key_{1};
  const TestKey relay_key_{2};
  const TestKey stranger_{3};
  std::shared_ptr<const TokenVerifier> verifier_ = Verifier({key_.jwk()}, {relay_key_.jwk()});
};

}  // namespace ledgercast

#endif  // TESTS_SUPPORT_TOKEN_FIXTURE_H_
