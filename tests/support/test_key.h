#ifndef TESTS_SUPPORT_TEST_KEY_H_
#define TESTS_SUPPORT_TEST_KEY_H_

#include <sodium.h>

#include <string>
#include <string_view>

#include "ledgercast/v1/auth.pb.h"
#include "services/common/auth/json_web_key.h"

namespace ledgercast {

// An Ed25519 key that signs any content, well-formed or not. It uses another library than the code
// under test.
class TestKey {
 public:
  // Makes a key. Two keys with the same `number` are the same.
  explicit TestKey(unsigned char number, std::string kid = "") : seed_(32, '\0') {
    seed_[0] = static_cast<char>(number);
    crypto_sign_seed_keypair(public_, secret_,
                             reinterpret_cast<const unsigned char*>(seed_.data()));
    jwk_.set_kty("OKP");
    jwk_.set_crv("Ed25519");
    jwk_.set_alg("EdDSA");
    jwk_.set_use("sig");
    jwk_.set_x(EncodeBase64Url({reinterpret_cast<const char*>(public_), sizeof(public_)}));
    jwk_.set_kid(kid.empty() ? Thumbprint() : std::move(kid));
  }

  const v1::JsonWebKey& jwk() const { return jwk_; }

  // Returns the private key as `openssl genpkey -algorithm ed25519` writes it.
  std::string PrivatePem() const {
    constexpr std::string_view kHead(
        "\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", 16);
    return Pem("PRIVATE KEY", std::string(kHead).append(seed_));
  }

  // Returns the public key as `openssl pkey -pubout` writes it.
  std::string PublicPem() const {
    constexpr std::string_view kHead("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12);
    const std::string_view key(reinterpret_cast<const char*>(public_), sizeof(public_));
    return Pem("PUBLIC KEY", std::string(kHead).append(key));
  }

  std::string Sign(std::string_view header, std::string_view payload) const {
    return SignParts(EncodeBase64Url(header), EncodeBase64Url(payload));
  }

  // Signs parts that are already encoded.
  std::string SignParts(std::string_view header, std::string_view payload) const {
    std::string token = std::string(header) + "." + std::string(payload);
    unsigned char signature[crypto_sign_BYTES];
    crypto_sign_detached(signature, nullptr, reinterpret_cast<const unsigned char*>(token.data()),
                         token.size(), secret_);
    return token + "." +
           EncodeBase64Url({reinterpret_cast<const char*>(signature), sizeof(signature)});
  }

 private:
  // Returns the thumbprint of RFC 7638, without a library.
  std::string Thumbprint() const {
    const std::string json = R"({"crv":"Ed25519","kty":"OKP","x":")" + jwk_.x() + "\"}";
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(json.data()), json.size());
    return EncodeBase64Url({reinterpret_cast<const char*>(hash), sizeof(hash)});
  }

  static std::string Pem(const std::string& label, const std::string& der) {
    std::string text(sodium_base64_encoded_len(der.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(der.data()),
                      der.size(), sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();
    return "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n";
  }

  std::string seed_;
  unsigned char public_[crypto_sign_PUBLICKEYBYTES];
  unsigned char secret_[crypto_sign_SECRETKEYBYTES];
  v1::JsonWebKey jwk_;
};

}  // namespace ledgercast

#endif  // TESTS_SUPPORT_TEST_KEY_H_
