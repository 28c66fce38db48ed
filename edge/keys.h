#ifndef EDGE_KEYS_H_
#define EDGE_KEYS_H_

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

// Where sessions get the verifier of the day. Thread-safe.
class KeySource {
 public:
  virtual ~KeySource() = default;
  // Null until the keys are known for the first time.
  virtual std::shared_ptr<const TokenVerifier> verifier() const = 0;
  // Fetches the keys again: a token names one that we do not have. `done` runs once, when
  // that was done or refused (it was done a moment ago), on any thread, also from here.
  virtual void Refetch(std::function<void()> done) = 0;
};

// The service's public keys: fetched at start until that works, from time to time, and
// when a token asks for one that is not there. What was known stays when a fetch fails.
//
// One thread of its own does the fetching; the methods may be called from any.
class Keys : public KeySource {
 public:
  using Fetch = std::function<absl::StatusOr<std::vector<v1::JsonWebKey>>()>;

  struct Options {
    TokenVerifier::Options verifier;
    // Tokens with made-up key ids must not become a load on the service.
    absl::Duration refetch_cooldown = absl::Seconds(30);
    // Keys that the service has withdrawn are forgotten after at most this.
    absl::Duration refresh_interval = absl::Minutes(5);
    absl::Duration first_retry = absl::Milliseconds(50);
    absl::Duration longest_retry = absl::Seconds(2);
  };

  // `random` draws from [0, 1).
  Keys(const Options& options, Fetch fetch, Clock clock, std::function<double()> random);
  // Stops and joins; a fetch under way is waited for.
  ~Keys() override;

  std::shared_ptr<const TokenVerifier> verifier() const override ABSL_LOCKS_EXCLUDED(mu_);
  void Refetch(std::function<void()> done) override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Run();
  absl::StatusOr<std::shared_ptr<const TokenVerifier>> FetchVerifier() const;
  bool FetchOnce() ABSL_LOCKS_EXCLUDED(mu_);
  bool ShouldWake() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return stopping_ || !waiting_.empty();
  }

  const Options options_;
  const Fetch fetch_;
  const Clock clock_;
  const std::function<double()> random_;

  mutable absl::Mutex mu_;
  std::shared_ptr<const TokenVerifier> verifier_ ABSL_GUARDED_BY(mu_);
  absl::Time fetched_at_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
  std::vector<std::function<void()>> waiting_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;

  std::thread thread_;
};

}  // namespace ledgercast

#endif  // EDGE_KEYS_H_
