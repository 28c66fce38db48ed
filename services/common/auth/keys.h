#ifndef SERVICES_COMMON_AUTH_KEYS_H_
#define SERVICES_COMMON_AUTH_KEYS_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/common/auth/token.h"
#include "services/common/base/clock.h"
#include "services/common/base/doorbell.h"
#include "services/common/base/rate_limit.h"
#include "services/common/base/stop_flag.h"

namespace ledgercast {

// Provides the newest verifier to whoever judges tokens. Thread-safe.
class KeySource {
 public:
  virtual ~KeySource() = default;
  // Null until keys are known for the first time.
  virtual std::shared_ptr<const TokenVerifier> verifier() const = 0;
  // Fetches the keys again, because a token names `key_id`, which we do not have. `done` runs once,
  // when that was done or refused (nobody had that key a moment ago), on any thread, also from
  // here.
  virtual void Refetch(const std::string& key_id, std::function<void()> done) = 0;
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
    // For how long a key that a fetch did not find is not asked for again.
    absl::Duration missing_key_cooldown = absl::Seconds(30);
    // Fetches for missing keys, whatever their ids: made-up ids must not become a load on whom the
    // keys are asked of. Whoever is beyond that waits.
    TokenBucket::Limit refetches = TokenBucket::Limit::Of(0.5, 3);
    // Tokens that wait for a fetch; more are judged without one.
    size_t max_waiting = 10'000;
    // Ids of missing keys that are remembered; more are asked for again.
    size_t max_missing_keys = 10'000;
    // Keys that were withdrawn are forgotten after at most this.
    absl::Duration refresh_interval = absl::Minutes(5);
    absl::Duration first_retry = absl::Milliseconds(50);
    absl::Duration longest_retry = absl::Seconds(2);
  };

  // INVALID_ARGUMENT for `known` keys that cannot be used. `random` draws from [0, 1).
  static absl::StatusOr<std::unique_ptr<Keys>> Start(const Options& options, TokenKeys known,
                                                     Fetches fetches, Clocks clocks,
                                                     std::function<double()> random);
  // Stops and joins; a fetch under way is waited for.
  ~Keys() override;

  std::shared_ptr<const TokenVerifier> verifier() const override ABSL_LOCKS_EXCLUDED(mu_);
  void Refetch(const std::string& key_id, std::function<void()> done) override
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // Keys of one signer that are fetched. Used by the thread only.
  struct Source {
    const char* name;
    Fetch fetch;
    std::vector<v1::JsonWebKey>* keys;
    bool was_fetched = false;
    bool said_away = false;
  };

  // A token's bearer who waits for a key.
  struct Waiting {
    std::string key_id;
    std::function<void()> done;
  };
  struct Fetched {
    // Each source answered just now, and its keys can be used.
    bool all_now = false;
    // Each source has answered at some time.
    bool all_ever = false;
  };

  Keys(const Options& options, TokenKeys known, Fetches fetches, Clocks clocks,
       std::function<double()> random);
  void Run();
  Fetched FetchAll() ABSL_LOCKS_EXCLUDED(mu_);
  bool FetchOne(Source* source);
  // Notes which of the keys that were waited for are still missing.
  void NoteMissing(const std::vector<Waiting>& waiting) ABSL_LOCKS_EXCLUDED(mu_);
  // Sleeps until another fetch is due. False: stop.
  bool AwaitNextFetch(absl::Duration longest) ABSL_LOCKS_EXCLUDED(mu_);
  bool IsMissing(const std::string& key_id) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool AnyoneWaits() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return !waiting_.empty();
  }

  const Options options_;
  const Clocks clocks_;
  const std::function<double()> random_;
  // Used by the thread only, once it runs.
  TokenKeys keys_;
  std::vector<Source> sources_;
  TokenBucket refetches_;

  StopFlag stop_;
  // Rung for `stop_` and `waiting_`.
  Doorbell changed_;

  mutable absl::Mutex mu_;
  std::shared_ptr<const TokenVerifier> verifier_ ABSL_GUARDED_BY(mu_);
  std::vector<Waiting> waiting_ ABSL_GUARDED_BY(mu_);
  // When a fetch did not find the key of that id.
  absl::flat_hash_map<std::string, absl::Time> missing_ ABSL_GUARDED_BY(mu_);

  std::thread thread_;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_KEYS_H_
