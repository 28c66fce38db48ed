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

// Provides the newest verifier to code that checks tokens. Thread-safe.
class KeySource {
 public:
  virtual ~KeySource() = default;
  // Returns the newest verifier; null until keys are known for the first time.
  virtual std::shared_ptr<const TokenVerifier> verifier() const = 0;
  // Fetches the keys again, because a token names `key_id`, which is unknown. `done` runs exactly
  // once, when the fetch has finished or was refused. A fetch is refused, for example, if nobody
  // had that key a moment ago. `done` may run on any thread, also inside this call.
  virtual void Refetch(const std::string& key_id, std::function<void()> done) = 0;
};

// Holds the public keys of everybody who signs tokens. Some keys are known from the start. The
// others are fetched: again and again until it first succeeds, then at intervals, and when a token
// names an unknown key. If a fetch fails, the keys that the signer had stay in use.
//
// Threads: one thread of its own fetches the keys; the methods may be called from any thread.
class Keys : public KeySource {
 public:
  using Fetch = std::function<absl::StatusOr<std::vector<v1::JsonWebKey>>()>;

  // Functions that fetch keys and may block. A null function means that there is nothing to fetch.
  struct Fetches {
    Fetch own = nullptr;
    Fetch oidc = nullptr;
  };

  struct Options {
    TokenVerifier::Options verifier;
    // Time during which a key that a fetch did not find is not fetched again.
    absl::Duration missing_key_cooldown = absl::Seconds(30);
    // Limits the fetches for missing keys, for all key ids together. Without it, made-up ids would
    // put load on the server of the keys. Fetches above the limit are delayed.
    TokenBucket::Limit refetches = TokenBucket::Limit::Of(0.5, 3);
    // Maximum number of tokens that wait for a fetch. Further tokens are judged without a fetch.
    size_t max_waiting = 10'000;
    // Maximum number of missing keys whose ids are remembered. Further ids are fetched again each
    // time.
    size_t max_missing_keys = 10'000;
    // Time between regular fetches. A key that was withdrawn is forgotten after at most this time.
    absl::Duration refresh_interval = absl::Minutes(5);
    absl::Duration first_retry = absl::Milliseconds(50);
    absl::Duration longest_retry = absl::Seconds(2);
  };

  // Starts to fetch if there is something to fetch. Returns INVALID_ARGUMENT if a `known` key
  // cannot be used. `random` draws from [0, 1).
  static absl::StatusOr<std::unique_ptr<Keys>> Start(const Options& options, TokenKeys known,
                                                     Fetches fetches, Clocks clocks,
                                                     std::function<double()> random);
  // Stops the thread and joins it. A fetch that is under way is waited for.
  ~Keys() override;

  std::shared_ptr<const TokenVerifier> verifier() const override ABSL_LOCKS_EXCLUDED(mu_);
  void Refetch(const std::string& key_id, std::function<void()> done) override
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // The keys of one signer that are fetched. Used by the thread only.
  struct Source {
    const char* name;
    Fetch fetch;
    std::vector<v1::JsonWebKey>* keys;
    bool was_fetched = false;
    bool said_away = false;
  };

  // A caller whose token waits for a key.
  struct Waiting {
    std::string key_id;
    std::function<void()> done;
  };
  struct Fetched {
    // True if each source answered just now and its keys can be used.
    bool all_now = false;
    // True if each source has answered at least once.
    bool all_ever = false;
  };

  Keys(const Options& options, TokenKeys known, Fetches fetches, Clocks clocks,
       std::function<double()> random);
  void Run();
  Fetched FetchAll() ABSL_LOCKS_EXCLUDED(mu_);
  bool FetchOne(Source* source);
  // Notes which of the keys that were waited for are still missing.
  void NoteMissing(const std::vector<Waiting>& waiting) ABSL_LOCKS_EXCLUDED(mu_);
  // Sleeps until another fetch is due. Returns false if the thread must stop.
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
  // Is rung after `stop_` or `waiting_` has changed.
  Doorbell changed_;

  mutable absl::Mutex mu_;
  std::shared_ptr<const TokenVerifier> verifier_ ABSL_GUARDED_BY(mu_);
  std::vector<Waiting> waiting_ ABSL_GUARDED_BY(mu_);
  // For each missing key, the time at which a fetch did not find it.
  absl::flat_hash_map<std::string, absl::Time> missing_ ABSL_GUARDED_BY(mu_);

  std::thread thread_;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_KEYS_H_
