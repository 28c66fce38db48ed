#ifndef SERVICES_COMMON_AUTH_VERIFIED_SIGNATURES_H_
#define SERVICES_COMMON_AUTH_VERIFIED_SIGNATURES_H_

#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "services/common/base/sha256.h"

namespace ledgercast {

// Remembers tokens whose signature was verified lately. A client sends the same token with each
// call, and to verify Ed25519 costs as much as all the rest of a small call. It keeps only a hash
// of the token, which is a tenth as long. The claims of a token are checked each time.
//
// Its size is bounded: it has two generations of at most `max_tokens`. When the younger one is
// full, the older one is forgotten. Thread-safe.
class VerifiedSignatures {
 public:
  explicit VerifiedSignatures(size_t max_tokens) : max_tokens_(max_tokens) {}

  bool Contains(std::string_view token) ABSL_LOCKS_EXCLUDED(mu_) {
    const Hash key = Sha256Of(token);
    absl::MutexLock lock(&mu_);
    if (young_.contains(key)) return true;
    if (!old_.contains(key)) return false;
    Insert(key);
    return true;
  }

  void Add(std::string_view token) ABSL_LOCKS_EXCLUDED(mu_) {
    const Hash key = Sha256Of(token);
    absl::MutexLock lock(&mu_);
    Insert(key);
  }

 private:
  void Insert(const Hash& key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (young_.size() >= max_tokens_) old_ = std::exchange(young_, {});
    young_.insert(key);
  }

  const size_t max_tokens_;
  absl::Mutex mu_;
  absl::flat_hash_set<Hash> young_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_set<Hash> old_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_VERIFIED_SIGNATURES_H_
