#ifndef SERVICES_TRANSACTION_API_GUESS_LIMITER_H_
#define SERVICES_TRANSACTION_API_GUESS_LIMITER_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/common/base/clock.h"

namespace ledgercast {

// How much a sign-in looks like a guess, by what failed lately from its client and for its
// username. A client is an address group: see client_address.h.
enum class Standing {
  // Neither the client nor the username failed too often lately.
  kClean,
  // One of the two did.
  kDoubtful,
  // Both did.
  kSuspect,
};

// Slows down who guesses a password, without locking out the owner. The rules:
//
//   - A username from one client: after `free_failures` wrong passwords in a row each further try
//     has to wait, twice as long every time, from `first_wait` up to `longest_wait`. The right
//     password has to wait as well, or guessing would go on.
//   - A username from everywhere: the same after `free_failures_of_username`, which slows down
//     guesses that are spread over many clients. A client that is clean does not wait for this, so
//     an owner whose name is under attack gets in from an address that did not guess.
//   - A client is clean while it failed less than `free_failures` times, whatever the usernames.
//     One failure is forgotten in each `forgive_one_after`, so that an office behind one address,
//     with its typing errors, stays clean.
//
// Each process has its own: with several replicas as many times more can be tried. A password that
// is being checked while another one fails was admitted already, so at most as many are tried at
// once as there are threads for them. Bounded: if too many fail, what failed longest ago is
// forgotten. Thread-safe.
class GuessLimiter {
 public:
  struct Options {
    int free_failures = 5;
    int free_failures_of_username = 50;
    absl::Duration first_wait = absl::Seconds(1);
    absl::Duration longest_wait = absl::Minutes(1);
    // After this long without another failure, earlier failures do not count any more.
    absl::Duration forget_after = absl::Minutes(15);
    absl::Duration forgive_one_after = absl::Minutes(1);
    size_t max_pairs = 20'000;
    size_t max_usernames = 10'000;
    size_t max_clients = 10'000;
  };

  // How many tries had to wait.
  struct Refusals {
    int64_t of_client = 0;
    int64_t of_username = 0;
  };

  // `clock` should be one that is never set back.
  GuessLimiter(Options options, Clock clock) : options_(options), clock_(std::move(clock)) {}

  // Returns TooBusyFor() the rest of the wait if `client` has to wait with `username`, else OK.
  absl::Status Admit(const std::string& username, const std::string& client)
      ABSL_LOCKS_EXCLUDED(mu_);
  Standing StandingOf(const std::string& username, const std::string& client) const
      ABSL_LOCKS_EXCLUDED(mu_);

  // Counts a failure. `username` is empty where there can be no such account.
  void Failed(const std::string& username, const std::string& client) ABSL_LOCKS_EXCLUDED(mu_);
  // Ends the waits of `client` with `username`; others have to go on waiting.
  void Succeeded(const std::string& username, const std::string& client) ABSL_LOCKS_EXCLUDED(mu_);
  // Forgets the failures of `username`, which has another password: they were guesses at an old
  // one.
  void Forget(const std::string& username) ABSL_LOCKS_EXCLUDED(mu_);

  Refusals refusals() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Failures {
    double count = 0;
    absl::Time last;
  };
  template <typename Key>
  using Table = absl::flat_hash_map<Key, Failures>;
  using Pair = std::pair<std::string, std::string>;

  absl::Duration WaitAfter(double failures, int free_failures) const;
  // Returns zero or less if there is nothing to wait for.
  template <typename Key>
  absl::Duration RestOfWait(const Table<Key>& table, const Key& key, int free_failures,
                            absl::Time now) const;
  template <typename Key>
  Failures* FindOrAdd(Table<Key>* table, const Key& key, size_t max_entries, absl::Time now);
  // Returns the failures in a row, as they count at `now`.
  template <typename Key>
  double CountOf(const Table<Key>& table, const Key& key, absl::Time now) const;
  bool IsCleanClient(const std::string& client, absl::Time now) const
      ABSL_SHARED_LOCKS_REQUIRED(mu_);
  double Forgiven(const Failures& failures, absl::Time now) const;

  const Options options_;
  const Clock clock_;
  mutable absl::Mutex mu_;
  Table<Pair> pairs_ ABSL_GUARDED_BY(mu_);
  Table<std::string> usernames_ ABSL_GUARDED_BY(mu_);
  // Their counts shrink with time: see Forgiven().
  Table<std::string> clients_ ABSL_GUARDED_BY(mu_);
  Refusals refusals_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_GUESS_LIMITER_H_
