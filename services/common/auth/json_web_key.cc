#include "services/common/auth/json_web_key.h"

#include <rhonabwy.h>
#include <sodium.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace ledgercast {
namespace {

constexpr size_t kCoordinateBytes = 32;  // of Ed25519 and of P-256
constexpr size_t kSignatureBytes = 64;   // of EdDSA with Ed25519 and of ES256
// RFC 7518 requires 2,048 bits. More than 8,192 bits only make verifying slow.
constexpr size_t kMinModulusBytes = 2048 / 8;
constexpr size_t kMaxModulusBytes = 8192 / 8;
constexpr size_t kMaxPemBytes = 16 << 10;

// rhonabwy fetches what a key's `x5u` names unless it is told not to.
constexpr int kNoRemote = R_FLAG_IGNORE_REMOTE;

struct FreeString {
  void operator()(char* text) const { r_free(text); }
};
using OwnedString = std::unique_ptr<char, FreeString>;

struct FreeJws {
  void operator()(jws_t* jws) const { r_jws_free(jws); }
};
using OwnedJws = std::unique_ptr<jws_t, FreeJws>;

// r_global_init() is not called on purpose. It would set jansson's allocators to malloc and free,
// which they are already, and it would start curl, which must not be used here.
std::shared_ptr<json_t> NewJwk() {
  jwk_t* jwk = nullptr;
  if (r_jwk_init(&jwk) != RHN_OK) return nullptr;
  return {jwk, [](jwk_t* owned) { r_jwk_free(owned); }};
}

OwnedJws NewJws() {
  jws_t* jws = nullptr;
  return OwnedJws(r_jws_init(&jws) == RHN_OK ? jws : nullptr);
}

std::string Property(const std::shared_ptr<json_t>& jwk, const char* name) {
  const char* value = r_jwk_get_property_str(jwk.get(), name);
  return value == nullptr ? "" : value;
}

bool SetProperty(const std::shared_ptr<json_t>& jwk, const char* name, const std::string& value) {
  return r_jwk_set_property_str(jwk.get(), name, value.c_str()) == RHN_OK;
}

bool DecodeBase64Url(std::string_view text, std::string* bytes) {
  bytes->resize(text.size() / 4 * 3 + 3);
  size_t size = 0;
  const char* end = nullptr;
  const int result = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes->data()),
                                       bytes->size(), text.data(), text.size(), nullptr, &size,
                                       &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  if (result != 0 || end != text.data() + text.size()) return false;
  bytes->resize(size);
  return true;
}

bool IsCoordinate(const std::string& text) {
  std::string bytes;
  return DecodeBase64Url(text, &bytes) && bytes.size() == kCoordinateBytes;
}

absl::Status BadKey(const v1::JsonWebKey& jwk, const char* what) {
  return absl::InvalidArgumentError("key \"" + jwk.kid() + "\" " + what);
}

// Returns the value that `jwk.alg` must have; "" if keys of this kind are not supported.
std::string AlgorithmOf(const v1::JsonWebKey& jwk) {
  if (jwk.kty() == "OKP" && jwk.crv() == "Ed25519") return "EdDSA";
  if (jwk.kty() == "EC" && jwk.crv() == "P-256") return "ES256";
  if (jwk.kty() == "RSA") return jwk.alg() == "PS256" ? "PS256" : "RS256";
  return "";
}

// Returns the length of signatures by `jwk`; 0 if the key is malformed.
size_t SignatureBytesOf(const v1::JsonWebKey& jwk) {
  if (jwk.kty() != "RSA") {
    const bool has_y = jwk.kty() == "EC";
    const bool fine = IsCoordinate(jwk.x()) && (has_y ? IsCoordinate(jwk.y()) : jwk.y().empty());
    return fine ? kSignatureBytes : 0;
  }
  std::string modulus;
  std::string exponent;
  const bool fine = DecodeBase64Url(jwk.n(), &modulus) && DecodeBase64Url(jwk.e(), &exponent) &&
                    modulus.size() >= kMinModulusBytes && modulus.size() <= kMaxModulusBytes &&
                    modulus.front() != '\0' && !exponent.empty();
  return fine ? modulus.size() : 0;
}

// Returns the public half of a key that was read from a PEM.
absl::StatusOr<v1::JsonWebKey> ToProto(const std::shared_ptr<json_t>& handle) {
  v1::JsonWebKey jwk;
  jwk.set_kty(Property(handle, "kty"));
  jwk.set_crv(Property(handle, "crv"));
  jwk.set_x(Property(handle, "x"));
  jwk.set_y(Property(handle, "y"));
  jwk.set_use("sig");
  jwk.set_alg(AlgorithmOf(jwk));
  if (jwk.alg().empty() || jwk.kty() == "RSA") {
    return absl::InvalidArgumentError("the key is neither Ed25519 nor P-256");
  }
  const OwnedString thumbprint(r_jwk_thumbprint(handle.get(), R_JWK_THUMB_SHA256, kNoRemote));
  if (thumbprint == nullptr) return absl::InternalError("the key has no thumbprint");
  jwk.set_kid(thumbprint.get());
  return jwk;
}

absl::StatusOr<std::shared_ptr<json_t>> ImportPem(int type, std::string_view pem,
                                                  const char* what) {
  std::shared_ptr<json_t> handle = NewJwk();
  if (handle == nullptr) return absl::InternalError("no key could be allocated");
  if (pem.size() > kMaxPemBytes ||
      r_jwk_import_from_pem_der(handle.get(), type, R_FORMAT_PEM,
                                reinterpret_cast<const unsigned char*>(pem.data()),
                                pem.size()) != RHN_OK) {
    return absl::InvalidArgumentError(std::string("not ") + what);
  }
  return handle;
}

}  // namespace

PublicKey::PublicKey(v1::JsonWebKey jwk, size_t signature_bytes, std::shared_ptr<json_t> handle)
    : jwk_(std::move(jwk)), signature_bytes_(signature_bytes), handle_(std::move(handle)) {}

absl::StatusOr<PublicKey> PublicKey::FromJwk(const v1::JsonWebKey& jwk) {
  if (jwk.kid().empty()) return BadKey(jwk, "has no kid");
  const std::string alg = AlgorithmOf(jwk);
  if (alg.empty()) return BadKey(jwk, "is neither Ed25519 nor P-256 nor RSA");
  if (!jwk.alg().empty() && jwk.alg() != alg) return BadKey(jwk, "has the alg of another kind");
  if (!jwk.use().empty() && jwk.use() != "sig") return BadKey(jwk, "is not for signatures");
  const size_t signature_bytes = SignatureBytesOf(jwk);
  if (signature_bytes == 0) return BadKey(jwk, "has malformed or too few bits");
  v1::JsonWebKey pinned = jwk;
  pinned.set_alg(alg);
  std::shared_ptr<json_t> handle = NewJwk();
  bool made = handle != nullptr && SetProperty(handle, "kty", jwk.kty());
  if (jwk.kty() == "RSA") {
    made = made && SetProperty(handle, "n", jwk.n()) && SetProperty(handle, "e", jwk.e());
  } else {
    made = made && SetProperty(handle, "crv", jwk.crv()) && SetProperty(handle, "x", jwk.x()) &&
           (jwk.y().empty() || SetProperty(handle, "y", jwk.y()));
  }
  if (!made) return absl::InternalError("no key could be allocated");
  // A point that is not on its curve is not noticed here, but GnuTLS refuses all signatures by it.
  return PublicKey(std::move(pinned), signature_bytes, std::move(handle));
}

bool PublicKey::Verifies(std::string_view token) const {
  const size_t last_dot = token.rfind('.');
  std::string signature;
  if (last_dot == std::string_view::npos ||
      !DecodeBase64Url(token.substr(last_dot + 1), &signature) ||
      signature.size() != signature_bytes_) {
    return false;
  }
  const OwnedJws jws = NewJws();
  // R_PARSE_NONE: keys in the header (jwk, jku, x5u, x5c) are not even parsed.
  return jws != nullptr &&
         r_jws_advanced_compact_parsen(jws.get(), token.data(), token.size(), R_PARSE_NONE,
                                       kNoRemote) == RHN_OK &&
         r_jws_get_alg(jws.get()) == r_str_to_jwa_alg(alg().c_str()) &&
         r_jws_verify_signature(jws.get(), handle_.get(), kNoRemote) == RHN_OK;
}

PrivateKey::PrivateKey(v1::JsonWebKey public_jwk, std::shared_ptr<json_t> handle)
    : public_jwk_(std::move(public_jwk)), handle_(std::move(handle)) {}

absl::StatusOr<PrivateKey> PrivateKey::FromPem(std::string_view pem) {
  auto handle = ImportPem(R_X509_TYPE_PRIVKEY, pem, "a PKCS #8 private key in PEM");
  if (!handle.ok()) return handle.status();
  auto public_jwk = ToProto(*handle);
  if (!public_jwk.ok()) return public_jwk.status();
  if (public_jwk->alg() != "EdDSA") {
    return absl::InvalidArgumentError("tokens are signed with Ed25519, and this is no such key");
  }
  PrivateKey key(*std::move(public_jwk), *std::move(handle));
  // A key that can sign once can always sign. So the key is tried here, because Sign() cannot
  // return an error.
  const auto public_key = PublicKey::FromJwk(key.public_jwk_);
  if (!public_key.ok()) return public_key.status();
  if (!public_key->Verifies(key.TrySign("probe", "{}"))) {
    return absl::InternalError("what the key signs does not verify");
  }
  return key;
}

std::string PrivateKey::TrySign(std::string_view typ, std::string_view payload) const {
  const OwnedJws jws = NewJws();
  OwnedString token;
  if (jws != nullptr && r_jws_set_alg(jws.get(), R_JWA_ALG_EDDSA) == RHN_OK &&
      r_jws_set_header_str_value(jws.get(), "kid", public_jwk_.kid().c_str()) == RHN_OK &&
      r_jws_set_header_str_value(jws.get(), "typ", std::string(typ).c_str()) == RHN_OK &&
      r_jws_set_payload(jws.get(), reinterpret_cast<const unsigned char*>(payload.data()),
                        payload.size()) == RHN_OK) {
    token.reset(r_jws_serialize(jws.get(), handle_.get(), kNoRemote));
  }
  return token == nullptr ? "" : token.get();
}

std::string PrivateKey::Sign(std::string_view typ, std::string_view payload) const {
  std::string token = TrySign(typ, payload);
  if (token.empty()) {
    // The key could sign when it was loaded, so only a defect or a lack of memory leads here.
    std::fputs("fatal: a token could not be signed\n", stderr);
    std::abort();
  }
  return token;
}

absl::StatusOr<v1::JsonWebKey> PublicKeyFromPem(std::string_view pem) {
  auto handle = ImportPem(R_X509_TYPE_PUBKEY, pem, "a public key in PEM");
  if (!handle.ok()) return handle.status();
  return ToProto(*handle);
}

bool SplitCompact(std::string_view token, CompactParts* parts) {
  const size_t first = token.find('.');
  if (first == std::string_view::npos) return false;
  const size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return false;
  // A third dot would be in the signature, which is then refused because a dot is no base64url.
  return DecodeBase64Url(token.substr(0, first), &parts->header) &&
         DecodeBase64Url(token.substr(first + 1, second - first - 1), &parts->payload) &&
         DecodeBase64Url(token.substr(second + 1), &parts->signature);
}

std::string EncodeBase64Url(std::string_view bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), kVariant);
  text.pop_back();  // its terminating zero
  return text;
}

}  // namespace ledgercast
