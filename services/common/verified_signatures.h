#ifndef SERVICES_COMMON_VERIFIED_SIGNATURES_H_
#define SERVICES_COMMON_VERIFIED_SIGNATURES_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace ledgercast {

// The tokens whose signature was found good lately: a client sends the same one with each
// call, and an Ed25519 verification costs as much as all else that a small call does. Only
// the signature is remembered, by the whole token; what a token claims is judged each time.
//
// Bounded: two generations of at most `max_tokens`, of which the older one is forgotten
// when the younger one is full. Thread-safe.
class VerifiedSignatures {
 public:
  explicit VerifiedSignatures(size_t max_tokens) : max_tokens_(max_tokens) {}

  bool Contains(std::string_view token) ABSL_LOCKS_EXCLUDED(mu_) {
    const absl::string_view key(token.data(), token.size());
    absl::MutexLock lock(&mu_);
    if (young_.contains(key)) return true;
    if (!old_.contains(key)) return false;
    Insert(token);
    return true;
  }

  void Add(std::string_view token) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    Insert(token);
  }

 private:
  void Insert(std::string_view token) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (young_.size() >= max_tokens_) old_ = std::exchange(young_, {});
    young_.insert(std::string(token));
  }

  const size_t max_tokens_;
  absl::Mutex mu_;
  absl::flat_hash_set<std::string> young_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_set<std::string> old_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_VERIFIED_SIGNATURES_H_
