#ifndef SERVICES_COMMON_AUTH_TOKEN_H_
#define SERVICES_COMMON_AUTH_TOKEN_H_

// Signs and verifies our tokens: JWTs (RFC 7519, RFC 9068) with EdDSA or ES256. It follows RFC
// 8725: The algorithm belongs to the key and is never taken from the token. `kid` only selects
// among the configured keys. `iss`, `aud`, `exp` and `typ` are checked, so that a token of one kind
// cannot stand in for another kind. Headers that change how a token is read are refused. The rules
// are wider for an OpenID provider, whose tokens may be accepted beside ours: see OidcIssuer.
//
// Our own tokens get no leeway in time. They are signed and judged by the clocks of one
// installation, and a token that ends a moment early costs its owner only one renewal. A provider
// has its own clock, so its tokens get OidcIssuer::leeway.

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

// Maximum length of a token; longer ones are refused everywhere. The metadata or headers that carry
// a token may be twice as long: see kMaxMetadataBytes.
inline constexpr size_t kMaxTokenBytes = 16 << 10;
// Maximum length of a key's id. A key with a longer id is never fetched.
inline constexpr size_t kMaxKeyIdBytes = 256;

// Maximum size of all metadata of one gRPC call, and of all headers of one HTTP request.
inline constexpr int kMaxMetadataBytes = 32 << 10;

// The kind of one of our tokens. The header `typ` says it.
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

  // Returns a signed token. The relay has no refresh tokens and must have the subject
  // kRelaySubject: a verifier refuses other tokens of its key.
  std::string Sign(TokenKind kind, std::string_view subject, Role role, absl::Time issued_at,
                   absl::Time expires_at, int64_t generation = 0,
                   const std::optional<TokenFamily>& family = std::nullopt) const;

  // Returns the public half of the key, for verifiers.
  v1::JsonWebKey public_key() const;

 private:
  struct Key;
  explicit TokenSigner(std::unique_ptr<Key> key);
  std::unique_ptr<Key> key_;
};

// Public keys, grouped by whose tokens they verify.
struct TokenKeys {
  // Keys for the tokens of members and admins.
  std::vector<v1::JsonWebKey> own = {};
  // Keys that speak for the relay and for nobody else, whatever a token claims.
  std::vector<v1::JsonWebKey> relay = {};
  // The OpenID provider's keys for the tokens of members and admins.
  std::vector<v1::JsonWebKey> oidc = {};
};

// Verifies tokens against sets of public keys. Immutable: when keys change, create a new verifier.
// Usable from any thread.
class TokenVerifier {
 public:
  struct Options {
    std::string issuer;
    std::string audience;
    OidcIssuer oidc = {};
  };

  // Returns an error if one of our keys or of the relay's keys cannot be used or repeats a `kid`.
  // Such keys of the OpenID provider are left out.
  static absl::StatusOr<std::shared_ptr<const TokenVerifier>> Create(Options options,
                                                                     const TokenKeys& keys,
                                                                     Clock clock);
  ~TokenVerifier();

  // Verifies a token. Returns UNAUTHENTICATED with TOKEN_MISSING (if `token` is empty),
  // TOKEN_INVALID or TOKEN_EXPIRED; the message never holds the token. A token does not show
  // whether it was revoked since it was signed: see RevokedTokens.
  absl::StatusOr<Identity> Verify(std::string_view token, TokenKind kind) const;

  // Returns the id of the key that `token` names, if this verifier does not have that key. Then it
  // is time to fetch the key set again. Returns nullopt if `token` is no token at all, or if the id
  // is longer than kMaxKeyIdBytes.
  std::optional<std::string> MissingKeyOf(std::string_view token) const;
  bool HasKey(const std::string& key_id) const;

 private:
  struct State;
  explicit TokenVerifier(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Returns the token in `Bearer <token>`; an empty text if `header` is anything else.
std::string_view BearerToken(std::string_view header);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_TOKEN_H_
