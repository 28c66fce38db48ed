#include "services/common/base/sha256.h"

#include <openssl/evp.h>

#include <charconv>

#include "services/common/base/check.h"

namespace ledgercast {
namespace {

// Returns the algorithm. It is looked up only once, because that costs as much as a short hash.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  LC_CHECK(algorithm != nullptr) << "OpenSSL has no SHA-256";
  return algorithm;
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* state) const { EVP_MD_CTX_free(state); }

// The calls of OpenSSL below fail only if there is no memory.

Hash Sha256Of(std::string_view text) {
  Hash hash;
  LC_CHECK(EVP_Digest(text.data(), text.size(), hash.data(), nullptr, Algorithm(), nullptr) == 1);
  return hash;
}

Sha256::Sha256() : state_(EVP_MD_CTX_new()) {
  LC_CHECK(state_ != nullptr && EVP_DigestInit_ex(state_.get(), Algorithm(), nullptr) == 1);
}

void Sha256::Add(std::string_view piece) {
  LC_CHECK(EVP_DigestUpdate(state_.get(), piece.data(), piece.size()) == 1);
}

Hash Sha256::Finish() {
  Hash hash;
  LC_CHECK(EVP_DigestFinal_ex(state_.get(), hash.data(), nullptr) == 1);
  return hash;
}

std::string HashToHex(const Hash& hash) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * hash.size());
  for (const uint8_t byte : hash) {
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

bool HashFromHex(std::string_view hex, Hash* hash) {
  if (hex.size() != 2 * hash->size()) return false;
  for (size_t i = 0; i < hash->size(); ++i) {
    const char* digits = hex.data() + 2 * i;
    const auto [end, error] = std::from_chars(digits, digits + 2, (*hash)[i], 16);
    if (error != std::errc() || end != digits + 2) return false;
  }
  return true;
}

}  // namespace ledgercast
