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

// Runs jobs that hash passwords on a few threads, because a hash takes tens of milliseconds of a
// core and 64 MiB on purpose. Anybody may ask for one. So the order of turns decides whether people
// can sign in while others guess passwords:
//
//   - There is a lane for each Standing. While all three have work, the clean lane gets four of
//     seven turns, the doubtful lane two and the suspect lane one. The other lanes get the turns
//     that a lane does not use.
//   - Within a lane clients take turns, however many jobs each of them has.
//   - The clean lane holds at most `max_wait` of work, measured by recent hashes. Each other lane
//     holds a tenth of that, so that little is left of an attack when it ends. If a lane is full,
//     jobs that nobody waits for any more are removed. If there are none, the newest job of the
//     client with most jobs makes room, provided that this client has more jobs than the new job's
//     client would have. That job, or else the new one, is refused with TOO_BUSY and the time after
//     which to try again.
//   - A job is dropped without hashing if its caller left or its deadline passed.
//
// Thread-safe. Jobs run on the queue's threads. Exactly one of `run` and `refuse` is called for
// each job, never with a lock held.
class PasswordQueue {
 public:
  struct Options {
    int threads = 2;
    // Maximum work in the clean lane, as the time that it takes.
    absl::Duration max_wait = absl::Seconds(5);
    // Time that a hash is assumed to take until some were measured.
    absl::Duration expected_hash = absl::Milliseconds(100);
    // Maximum number of jobs in one lane, even if hashes are quick.
    size_t max_jobs_per_lane = 1'024;
  };

  struct Job {
    // The client whose turn it takes.
    std::string client;
    Standing standing = Standing::kClean;
    // Time after which the job is dropped, by SteadyNow().
    absl::Time deadline = absl::InfiniteFuture();
    // Returns whether the caller has left. It is called with a lock held. Null means that the
    // caller never leaves.
    std::function<bool()> is_cancelled;
    std::function<void()> run;
    // Is called instead of `run` if the job is refused or dropped.
    std::function<void(const absl::Status&)> refuse;
  };

  static constexpr size_t kLanes = 3;

  struct Stats {
    // Number of waiting jobs, by Standing.
    std::array<int64_t, kLanes> queued{};
    // How long the oldest waiting job has waited.
    absl::Duration oldest;
    absl::Duration expected_hash;
    int64_t dropped_cancelled = 0;
    int64_t dropped_expired = 0;
    // Jobs that were refused because the lane was full, and to make room for another client.
    int64_t refused_full = 0;
    int64_t refused_displaced = 0;
  };

  explicit PasswordQueue(Options options);
  // Runs the queued jobs, then joins the threads.
  ~PasswordQueue();

  void Submit(Job job) ABSL_LOCKS_EXCLUDED(mu_);

  // Tells the queue that a hash took `duration`. The jobs must call this.
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
    // Number of turns that it has taken, divided by its share.
    double used = 0;
  };

  // A job that ends without having run, and the reason.
  using Refused = std::pair<Job, absl::Status>;

  void Loop() ABSL_LOCKS_EXCLUDED(mu_);
  bool HasJobs() const ABSL_SHARED_LOCKS_REQUIRED(mu_);
  // Returns the next job that somebody still waits for, if any. Unwanted jobs before it are moved
  // to `refused`.
  std::optional<Job> Take(std::vector<Refused>* refused) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Lane* NextLane() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Returns OK unless the job's caller has left or its deadline has passed, which is counted.
  absl::Status CheckWanted(const Job& job) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Makes room in `lane` for a job of `client`, if possible. Returns whether there is room.
  bool MakeRoom(Lane* lane, const std::string& client, std::vector<Refused>* refused)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void RemoveUnwanted(Lane* lane, std::vector<Refused>* refused) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool IsFull(const Lane& lane) const ABSL_SHARED_LOCKS_REQUIRED(mu_);
  absl::Status TooBusy(const Lane& lane) const ABSL_SHARED_LOCKS_REQUIRED(mu_);

  const Options options_;
  mutable absl::Mutex mu_;
  std::array<Lane, kLanes> lanes_ ABSL_GUARDED_BY(mu_);
  // `used` of the lane that had the last turn. A lane that was idle starts from this value, so that
  // it does not save up turns.
  double used_ ABSL_GUARDED_BY(mu_) = 0;
  Stats stats_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_PASSWORD_QUEUE_H_
