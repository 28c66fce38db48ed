#ifndef SERVICES_COMMON_AUTH_JSON_WEB_KEY_H_
#define SERVICES_COMMON_AUTH_JSON_WEB_KEY_H_

// Makes and verifies compact JWS signatures (RFC 7515) for token.h. Key and algorithm are fixed: a
// token can neither choose its algorithm nor bring its own key.

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ledgercast/v1/auth.pb.h"

struct json_t;

namespace ledgercast {

// Keys of both classes are immutable and usable from any thread. rhonabwy works on a deep copy of
// the key that it is given and keeps no state between calls.

class PublicKey {
 public:
  // Reads a key with a `kid`: Ed25519, P-256 or RSA of 2,048 to 8,192 bits. The error says what is
  // wrong with it.
  static absl::StatusOr<PublicKey> FromJwk(const v1::JsonWebKey& jwk);

  // Returns the only `alg` that a header may name with this key: `EdDSA`, `ES256`, or for RSA
  // `RS256` unless the key says `PS256`.
  const std::string& alg() const { return jwk_.alg(); }
  const v1::JsonWebKey& jwk() const { return jwk_; }

  // Returns whether `token` (header.payload.signature) is signed by this key.
  bool Verifies(std::string_view token) const;

 private:
  PublicKey(v1::JsonWebKey jwk, size_t signature_bytes, std::shared_ptr<json_t> handle);

  v1::JsonWebKey jwk_;
  size_t signature_bytes_ = 0;
  std::shared_ptr<json_t> handle_;
};

class PrivateKey {
 public:
  // Reads an Ed25519 key in PKCS #8.
  static absl::StatusOr<PrivateKey> FromPem(std::string_view pem);

  const v1::JsonWebKey& public_jwk() const { return public_jwk_; }

  // Returns the signed token. Its header has `typ`, and the `alg` and `kid` of this key.
  std::string Sign(std::string_view typ, std::string_view payload) const;

 private:
  PrivateKey(v1::JsonWebKey public_jwk, std::shared_ptr<json_t> handle);
  // Returns "" if rhonabwy fails.
  std::string TrySign(std::string_view typ, std::string_view payload) const;

  v1::JsonWebKey public_jwk_;
  std::shared_ptr<json_t> handle_;
};

// Reads a SubjectPublicKeyInfo PEM (`openssl pkey -pubout`) of Ed25519 or P-256 as a JWK. The JWK's
// `kid` is its RFC 7638 thumbprint.
absl::StatusOr<v1::JsonWebKey> PublicKeyFromPem(std::string_view pem);

// The three parts of a compact JWS, decoded.
struct CompactParts {
  std::string header;
  std::string payload;
  std::string signature;
};

// Splits and decodes `token`. Returns false unless it has three parts, each of them canonical
// base64url without padding.
bool SplitCompact(std::string_view token, CompactParts* parts);

std::string EncodeBase64Url(std::string_view bytes);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_JSON_WEB_KEY_H_
