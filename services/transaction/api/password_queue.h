#ifndef SERVICES_TRANSACTION_API_PASSWORD_QUEUE_H_
#define SERVICES_TRANSACTION_API_PASSWORD_QUEUE_H_

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/transaction/api/guess_limiter.h"

namespace ledgercast {

// Checks and makes passwords on a few threads, because a hash takes tens of milliseconds of a core
// and 64 MiB on purpose. Anybody may ask for one, so who gets a turn is what keeps signing in
// possible while others guess:
//
//   - There is a lane for each Standing. While all three have work, of seven turns four are the
//     clean lane's, two the doubtful one's and one the suspect one's; what one does not use the
//     others have.
//   - Within a lane clients take turns, however much each of them has asked for.
//   - The clean lane holds at most `max_wait` of work, by what hashes took lately, each of the
//     others a tenth of that, so that little is left of an attack when it ends. Once a lane is
//     full, what nobody waits for any more makes room, or else the newest job of the client that
//     has most of them, if that has more than the new one's client would. That job, or the new one,
//     is refused with TOO_BUSY and the time after which to try again.
//   - A job whose caller left, or whose deadline passed, is dropped and not hashed.
//
// Thread-safe. Jobs run on the queue's threads; `refuse` and `run` are never called with a lock
// held, and one of them is called once for every job.
class PasswordQueue {
 public:
  struct Options {
    int threads = 2;
    // Most work that the clean lane may hold, as the time that it takes.
    absl::Duration max_wait = absl::Seconds(5);
    // Time that a hash is taken to need until some were measured.
    absl::Duration expected_hash = absl::Milliseconds(100);
    // Most jobs of one lane, however quick hashes are.
    size_t max_jobs_per_lane = 1'024;
  };

  struct Job {
    // The client whose turn it takes.
    std::string client;
    Standing standing = Standing::kClean;
    // When the job is dropped, by SteadyNow().
    absl::Time deadline = absl::InfiniteFuture();
    // Returns whether the caller has left. Called with a lock held; null = the caller never leaves.
    std::function<bool()> is_cancelled;
    std::function<void()> run;
    // Is called in place of `run` if the job is refused or dropped.
    std::function<void(const absl::Status&)> refuse;
  };

  static constexpr size_t kLanes = 3;

  struct Stats {
    // Jobs that wait, by Standing.
    std::array<int64_t, kLanes> queued{};
    // How long the job that waits longest has waited.
    absl::Duration oldest;
    absl::Duration expected_hash;
    int64_t dropped_cancelled = 0;
    int64_t dropped_expired = 0;
    // Jobs refused because the lane was full, and to make room for another client.
    int64_t refused_full = 0;
    int64_t refused_displaced = 0;
  };

  explicit PasswordQueue(Options options);
  // Runs what is queued, then joins.
  ~PasswordQueue();

  void Submit(Job job) ABSL_LOCKS_EXCLUDED(mu_);

  // Tells the queue that a hash took `duration`; to be called by the jobs.
  void OnHashed(absl::Duration duration) ABSL_LOCKS_EXCLUDED(mu_);

  Stats stats() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Queued {
    Job job;
    absl::Time since;
  };

  struct Lane {
    absl::flat_hash_map<std::string, std::deque<Queued>> jobs_by_client;
    // The clients that have jobs, in the order of their turns.
    std::deque<std::string> turns;
    size_t jobs = 0;
    // Turns taken, divided by the lane's share.
    double used = 0;
  };

  // A job that ends unrun, and why.
  using Refused = std::pair<Job, absl::Status>;

  void Loop() ABSL_LOCKS_EXCLUDED(mu_);
  bool HasJobs() const ABSL_SHARED_LOCKS_REQUIRED(mu_);
  // Takes the next job that somebody waits for, if there is one; jobs before it go to `refused`.
  std::optional<Job> Take(std::vector<Refused>* refused) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Lane* NextLane() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // OK unless the job's caller has left or its deadline has passed, which is counted.
  absl::Status CheckWanted(const Job& job) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Makes room in `lane` for a job of `client`. Returns whether there is room then.
  bool MakeRoom(Lane* lane, const std::string& client, std::vector<Refused>* refused)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void RemoveUnwanted(Lane* lane, std::vector<Refused>* refused) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool IsFull(const Lane& lane) const ABSL_SHARED_LOCKS_REQUIRED(mu_);
  absl::Status TooBusy(const Lane& lane) const ABSL_SHARED_LOCKS_REQUIRED(mu_);

  const Options options_;
  mutable absl::Mutex mu_;
  std::array<Lane, kLanes> lanes_ ABSL_GUARDED_BY(mu_);
  // `used` of the lane that had the last turn. A lane that was idle starts from there, so it saves
  // up no turns.
  double used_ ABSL_GUARDED_BY(mu_) = 0;
  Stats stats_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_PASSWORD_QUEUE_H_
