#ifndef SERVICES_TRANSACTION_API_WORKER_POOL_H_
#define SERVICES_TRANSACTION_API_WORKER_POOL_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace ledgercast {

// Runs jobs that block, such as reads of the database, away from gRPC's threads, of which there are
// few. Both the number of threads and the number of waiting jobs are limited. Thread-safe.
class WorkerPool {
 public:
  struct Options {
    int threads = 8;
    int max_queued_jobs = 4'096;
  };

  explicit WorkerPool(Options options);
  // Runs the queued jobs, then joins the threads.
  ~WorkerPool();

  // Queues a job. If too many are waiting or the pool is stopping, does not run it and returns
  // false.
  bool Submit(std::function<void()> job) ABSL_LOCKS_EXCLUDED(mu_);

  // Return how many jobs wait for a thread, and how many were refused.
  int64_t queued_jobs() const ABSL_LOCKS_EXCLUDED(mu_);
  int64_t refused_jobs() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Loop() ABSL_LOCKS_EXCLUDED(mu_);

  const Options options_;
  mutable absl::Mutex mu_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mu_);
  int64_t refused_jobs_ ABSL_GUARDED_BY(mu_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_WORKER_POOL_H_
