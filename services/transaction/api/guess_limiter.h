#ifndef SERVICES_TRANSACTION_API_GUESS_LIMITER_H_
#define SERVICES_TRANSACTION_API_GUESS_LIMITER_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/common/token.h"

namespace ledgercast {

// Slows down who guesses a password: after some wrong ones in a row for a username each
// further one has to wait, twice as long every time. The right one has to wait as well, or
// guessing would go on; nobody else's username does.
//
// It is this process's own: with several replicas as many times more can be tried. What is
// being checked while another one fails was admitted already, so at most as many passwords
// are tried at once as there are threads for them. Bounded: where too many usernames fail,
// the one that failed longest ago is forgotten. Thread-safe.
class GuessLimiter {
 public:
  struct Options {
    int free_failures = 5;
    absl::Duration first_wait = absl::Seconds(1);
    absl::Duration longest_wait = absl::Minutes(1);
    // Without another failure for so long, those before do not count any more.
    absl::Duration forget_after = absl::Minutes(15);
    size_t max_usernames = 10'000;
  };

  GuessLimiter(Options options, Clock clock) : options_(options), clock_(std::move(clock)) {}

  // RESOURCE_EXHAUSTED / TOO_BUSY while `username` has to wait, with for how long as
  // google.rpc.RetryInfo, and in whole seconds as `retryAfterSeconds` in the metadata.
  absl::Status Admit(const std::string& username) const ABSL_LOCKS_EXCLUDED(mu_);
  void Failed(const std::string& username) ABSL_LOCKS_EXCLUDED(mu_);
  void Succeeded(const std::string& username) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Failures {
    int count = 0;
    absl::Time last;
  };

  absl::Duration WaitAfter(int failures) const;
  void MakeRoom(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const Options options_;
  const Clock clock_;
  mutable absl::Mutex mu_;
  absl::flat_hash_map<std::string, Failures> failures_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_GUESS_LIMITER_H_
