#ifndef SERVICES_COMMON_KEYS_H_
#define SERVICES_COMMON_KEYS_H_

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/common/token.h"

namespace ledgercast {

// Provides the newest verifier to whoever judges tokens. Thread-safe.
class KeySource {
 public:
  virtual ~KeySource() = default;
  // Null until keys are known for the first time.
  virtual std::shared_ptr<const TokenVerifier> verifier() const = 0;
  // Fetches the keys again, because a token names one that we do not have. Refused if that was done
  // a moment ago. `done` runs once in either case, on any thread, perhaps before this returns.
  virtual void Refetch(std::function<void()> done) = 0;
};

// Holds the public keys of all who sign tokens. Some are known from the start. Others are fetched:
// at first until that works, then from time to time, and when a token names one that is not there.
// If a fetch fails, the keys of that signer stay as they are.
//
// One thread of its own does the fetching; the methods may be called from any.
class Keys : public KeySource {
 public:
  using Fetch = std::function<absl::StatusOr<std::vector<v1::JsonWebKey>>()>;

  // Functions that fetch keys, and block. Null where there is nothing to fetch.
  struct Fetches {
    Fetch own = nullptr;
    Fetch oidc = nullptr;
  };

  struct Options {
    TokenVerifier::Options verifier;
    // Shortest time between two fetches: tokens with made-up key ids must not become a load on
    // others.
    absl::Duration refetch_cooldown = absl::Seconds(30);
    // Keys that were withdrawn are forgotten after at most this.
    absl::Duration refresh_interval = absl::Minutes(5);
    absl::Duration first_retry = absl::Milliseconds(50);
    absl::Duration longest_retry = absl::Seconds(2);
  };

  // INVALID_ARGUMENT for `known` keys that cannot be used. `random` draws from [0, 1).
  static absl::StatusOr<std::unique_ptr<Keys>> Start(const Options& options, TokenKeys known,
                                                     Fetches fetches, Clock clock,
                                                     std::function<double()> random);
  // Stops and joins; a fetch under way is waited for.
  ~Keys() override;

  std::shared_ptr<const TokenVerifier> verifier() const override ABSL_LOCKS_EXCLUDED(mu_);
  void Refetch(std::function<void()> done) override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // Keys of one signer that are fetched. Used by the thread only.
  struct Source {
    const char* name;
    Fetch fetch;
    std::vector<v1::JsonWebKey>* keys;
    bool was_fetched = false;
    bool said_away = false;
  };

  Keys(const Options& options, TokenKeys known, Fetches fetches, Clock clock,
       std::function<double()> random);
  void Run();
  // Fetches all keys. Returns whether each signer's were fetched at some time.
  bool FetchAll() ABSL_LOCKS_EXCLUDED(mu_);
  bool FetchOne(Source* source);
  bool ShouldWake() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return stopping_ || !waiting_.empty();
  }

  const Options options_;
  const Clock clock_;
  const std::function<double()> random_;
  // Used by the thread only, once it runs.
  TokenKeys keys_;
  std::vector<Source> sources_;

  mutable absl::Mutex mu_;
  std::shared_ptr<const TokenVerifier> verifier_ ABSL_GUARDED_BY(mu_);
  absl::Time fetched_at_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
  std::vector<std::function<void()>> waiting_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;

  std::thread thread_;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_KEYS_H_
