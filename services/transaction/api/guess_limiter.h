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

// Says how much a sign-in looks like a guess, by recent failures from its client and for its
// username. A client is an address group: see client_address.h.
enum class Standing {
  // Neither the client nor the username failed too often lately.
  kClean,
  // One of the two failed too often.
  kDoubtful,
  // Both failed too often.
  kSuspect,
};

// Slows down clients that guess passwords, without locking out the owner. The rules are:
//
//   - One username from one client: after `free_failures` wrong passwords in a row, each further
//     attempt has to wait. The wait doubles each time, from `first_wait` up to `longest_wait`. The
//     right password has to wait as well, or else guessing could go on.
//   - One username from all clients: the same holds after `free_failures_of_username`. This slows
//     down guesses that are spread over many clients. A clean client does not wait for this. So an
//     owner whose name is under attack can sign in from an address that did not guess.
//   - A client is clean while it has fewer than `free_failures` failures, for all usernames
//     together. One failure is forgotten in each `forgive_one_after`. So an office behind one
//     address stays clean although people mistype passwords.
//
// Each process has a limiter of its own, so several replicas allow as many times more attempts. A
// password that is being checked while another one fails was admitted before. So no more passwords
// can be tried at once than there are threads for them. Memory is bounded: if there are too many
// failures, the oldest are forgotten. Thread-safe.
class GuessLimiter {
 public:
  struct Options {
    int free_failures = 5;
    int free_failures_of_username = 50;
    absl::Duration first_wait = absl::Seconds(1);
    absl::Duration longest_wait = absl::Minutes(1);
    // After this time without another failure, earlier failures no longer count.
    absl::Duration forget_after = absl::Minutes(15);
    absl::Duration forgive_one_after = absl::Minutes(1);
    size_t max_pairs = 20'000;
    size_t max_usernames = 10'000;
    size_t max_clients = 10'000;
  };

  // How many attempts were refused because they had to wait.
  struct Refusals {
    int64_t of_client = 0;
    int64_t of_username = 0;
  };

  // `clock` should be a clock that is never set back.
  GuessLimiter(Options options, Clock clock) : options_(options), clock_(std::move(clock)) {}

  // Returns OK, or TooBusyFor() with the rest of the wait if `client` has to wait for `username`.
  absl::Status Admit(const std::string& username, const std::string& client)
      ABSL_LOCKS_EXCLUDED(mu_);
  Standing StandingOf(const std::string& username, const std::string& client) const
      ABSL_LOCKS_EXCLUDED(mu_);

  // Counts a failure. `username` is empty if there can be no such account.
  void Failed(const std::string& username, const std::string& client) ABSL_LOCKS_EXCLUDED(mu_);
  // Ends the wait of `client` for `username`. Other clients still have to wait.
  void Succeeded(const std::string& username, const std::string& client) ABSL_LOCKS_EXCLUDED(mu_);
  // Forgets the failures of `username` because it has a new password: the guesses were at the old
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
  // Returns the time that is left to wait; zero or less if there is none.
  template <typename Key>
  absl::Duration RestOfWait(const Table<Key>& table, const Key& key, int free_failures,
                            absl::Time now) const;
  template <typename Key>
  Failures* FindOrAdd(Table<Key>* table, const Key& key, size_t max_entries, absl::Time now);
  // Returns the number of failures in a row that count at `now`.
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
  // The counts of clients shrink with time: see Forgiven().
  Table<std::string> clients_ ABSL_GUARDED_BY(mu_);
  Refusals refusals_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_GUESS_LIMITER_H_
