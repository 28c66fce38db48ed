#ifndef SERVICES_COMMON_BASE_SHA256_H_
#define SERVICES_COMMON_BASE_SHA256_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

// OpenSSL's hash state. Its SHA-256 uses the processor's SHA instructions; libsodium's does not.
struct evp_md_ctx_st;

namespace ledgercast {

using Hash = std::array<uint8_t, 32>;

Hash Sha256Of(std::string_view text);

// Computes the SHA-256 of data that comes piece by piece.
class Sha256 {
 public:
  Sha256();

  void Add(std::string_view piece);

  // Returns the hash. Call it once, at the end.
  Hash Finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* state) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> state_;
};

std::string HashToHex(const Hash& hash);
// Reads a hash from hex. Returns false if `hex` is not 64 hexadecimal digits.
bool HashFromHex(std::string_view hex, Hash* hash);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_SHA256_H_
