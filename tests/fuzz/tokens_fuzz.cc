// Tokens: nothing but what the signer made is good, whatever is done to it.

#include <string>
#include <string_view>

#include "services/common/auth/token.h"
#include "tests/fuzz/require.h"
#include "tests/support/test_key.h"

namespace ledgercast::testing {
namespace {

constexpr absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

// The input is what replaces the three parts of a good token, one by one and all at once.
class Forger {
 public:
  void Try(std::string_view text) {
    Judge(std::string(text));
    const size_t first = good_.find('.');
    const size_t second = good_.find('.', first + 1);
    Judge(std::string(text) + good_.substr(first));
    Judge(good_.substr(0, first + 1) + std::string(text) + good_.substr(second));
    Judge(good_.substr(0, second + 1) + std::string(text));
    (void)BearerToken(text);
  }

 private:
  void Judge(const std::string& token) {
    (void)verifier_->MissingKeyOf(token);
    const auto identity = verifier_->Verify(token, TokenKind::kAccess);
    if (!identity.ok()) {
      Require(absl::IsUnauthenticated(identity.status()), "a bad token is the client's fault");
      return;
    }
    const bool is_ours = identity->subject == "user1" && identity->role == Role::kMember &&
                         identity->expires_at == kNow + absl::Minutes(15);
    Require(is_ours, "nobody can be but who the signer said");
  }

  const TestKey key_{1};
  const std::string good_ =
      TokenSigner::FromPem(key_.PrivatePem(), "ledgercast", "ledgercast")
          ->Sign(TokenKind::kAccess, "user1", Role::kMember, kNow, kNow + absl::Minutes(15));
  const std::shared_ptr<const TokenVerifier> verifier_ = *TokenVerifier::Create(
      {"ledgercast", "ledgercast"}, {.own = {key_.jwk()}}, [] { return kNow; });
};

}  // namespace
}  // namespace ledgercast::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto& forger = *new ledgercast::testing::Forger;
  forger.Try({reinterpret_cast<const char*>(data), size});
  return 0;
}
