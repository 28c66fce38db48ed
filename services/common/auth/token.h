#ifndef SERVICES_COMMON_AUTH_TOKEN_H_
#define SERVICES_COMMON_AUTH_TOKEN_H_

// Access tokens: JWTs (RFC 7519, RFC 9068) signed with Ed25519 or ES256. The rules of RFC 8725: the
// algorithm belongs to the key and is never taken from the token, `kid` only selects among
// configured keys, `iss`, `aud`, `exp` and `typ` are checked, kinds of tokens cannot stand in for
// each other, and what is not understood is refused. The rules are wider for an OpenID provider,
// whose tokens may be good beside ours: see OidcIssuer.
//
// Times are exact for our own tokens: whoever signs them, and whoever judges them, goes by clocks
// of one installation, and a token that ends a moment early costs its owner one renewal. A
// provider's clock is its own, so its tokens get OidcIssuer::leeway.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledgercast/v1/auth.pb.h"
#include "services/common/auth/identity.h"
#include "services/common/auth/json_web_key.h"
#include "services/common/auth/oidc_claims.h"
#include "services/common/base/clock.h"

namespace ledgercast {

// Longer tokens are refused, wherever they come in. What carries a token may be twice as long: see
// kMaxMetadataBytes.
inline constexpr size_t kMaxTokenBytes = 16 << 10;
// No key has a longer id.
inline constexpr size_t kMaxKeyIdBytes = 256;

// Most bytes of all metadata of one gRPC call, and of all headers of one HTTP request.
inline constexpr int kMaxMetadataBytes = 32 << 10;

// Which of our kinds a token is, by its header `typ`.
enum class TokenKind {
  kAccess,   // at+jwt
  kRefresh,  // rt+jwt
};

// Signs tokens with one Ed25519 key. Immutable, so usable from any thread.
class TokenSigner {
 public:
  // `pem` is a PKCS #8 private key (`openssl genpkey -algorithm ed25519`). Its `kid` is
  // its RFC 7638 thumbprint.
  static absl::StatusOr<TokenSigner> FromPem(std::string_view pem, std::string issuer,
                                             std::string audience);
  ~TokenSigner();
  TokenSigner(TokenSigner&&) noexcept;
  TokenSigner& operator=(TokenSigner&&) noexcept;

  // The relay has no refresh tokens and no other subject than kRelaySubject: a verifier
  // refuses them.
  std::string Sign(TokenKind kind, std::string_view subject, Role role, absl::Time issued_at,
                   absl::Time expires_at, int64_t generation = 0,
                   const std::optional<TokenFamily>& family = std::nullopt) const;

  // The public half, for those who verify.
  v1::JsonWebKey public_key() const;

 private:
  struct Key;
  explicit TokenSigner(std::unique_ptr<Key> key);
  std::unique_ptr<Key> key_;
};

// Public keys, by whose tokens they verify.
struct TokenKeys {
  // Members' and admins'.
  std::vector<v1::JsonWebKey> own = {};
  // The relay's and nobody else's, whatever a token claims.
  std::vector<v1::JsonWebKey> relay = {};
  // Members' and admins', as the OpenID provider names them.
  std::vector<v1::JsonWebKey> oidc = {};
};

// Verifies tokens against sets of public keys. Immutable: when keys change make a new
// one. Usable from any thread.
class TokenVerifier {
 public:
  struct Options {
    std::string issuer;
    std::string audience;
    OidcIssuer oidc = {};
  };

  // Fails on a key of ours or of a relay's that cannot be used and on a repeated `kid`. Such keys
  // of the OpenID provider's are left out.
  static absl::StatusOr<std::shared_ptr<const TokenVerifier>> Create(Options options,
                                                                     const TokenKeys& keys,
                                                                     Clock clock);
  ~TokenVerifier();

  // Verifies a token. UNAUTHENTICATED with TOKEN_MISSING (empty), TOKEN_INVALID or TOKEN_EXPIRED;
  // the message never holds the token. A token does not say whether it was revoked since: whoever
  // has the ledger's database must ask that as well.
  absl::StatusOr<Identity> Verify(std::string_view token, TokenKind kind) const;

  // Returns the id of the key that `token` names if this verifier does not have it: the time to
  // fetch the key set again. Nullopt for what is no token at all, or has an id longer than any
  // key's.
  std::optional<std::string> MissingKeyOf(std::string_view token) const;
  bool HasKey(const std::string& key_id) const;

 private:
  struct State;
  explicit TokenVerifier(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Returns the token in `Bearer <token>`; empty if `header` is anything else.
std::string_view BearerToken(std::string_view header);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_TOKEN_H_
