#ifndef SERVICES_COMMON_SHA256_H_
#define SERVICES_COMMON_SHA256_H_

#include <sodium.h>

#include <string>
#include <string_view>

#include "services/common/hash_chain.h"

namespace ledgercast {

// Computes the SHA-256 of what comes piece by piece.
class Sha256 {
 public:
  Sha256() { crypto_hash_sha256_init(&state_); }

  void Add(std::string_view piece) {
    crypto_hash_sha256_update(&state_, reinterpret_cast<const unsigned char*>(piece.data()),
                              piece.size());
  }

  // Returns the hash; once, at the end.
  Hash Finish() {
    Hash hash;
    crypto_hash_sha256_final(&state_, hash.data());
    return hash;
  }

 private:
  crypto_hash_sha256_state state_;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_SHA256_H_
