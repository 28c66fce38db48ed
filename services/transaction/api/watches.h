#ifndef SERVICES_TRANSACTION_API_WATCHES_H_
#define SERVICES_TRANSACTION_API_WATCHES_H_

#include <grpcpp/grpcpp.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/common/auth/identity.h"
#include "services/common/base/clock.h"
#include "services/common/base/stop_flag.h"
#include "services/common/ledger/transaction_log.h"
#include "services/transaction/api/revocations.h"
#include "services/transaction/api/worker_pool.h"
#include "services/transaction/store.h"

namespace ledgercast {

class WatchCall;

// The states of a watch: it waits at the head, reads the log in memory, reads the store behind the
// log, or waits until its client takes what was sent.
enum class WatchState { kLive, kRing, kStore, kBlocked };
inline constexpr size_t kWatchStates = 4;

// Runs all WatchTransactions calls of the process. It starts them, and wakes a watch whose progress
// message is due or whose token expired or was revoked. It ends all of them when the service stops.
//
// Threads: every method may be called from any thread. A ticker has a thread of its own.
class Watches {
 public:
  using Reactor = grpc::ServerWriteReactor<v1::WatchTransactionsResponse>;

  struct Options {
    TransactionLog::ReadLimits page;
    absl::Duration default_progress_interval = absl::Seconds(5);
    absl::Duration min_progress_interval = absl::Milliseconds(100);
    absl::Duration max_progress_interval = absl::Seconds(60);
    absl::Duration tick = absl::Milliseconds(50);
    // Maximum number of open watches of one caller, so that nobody uses all memory and all turns.
    // The relay may have any number. 0 means no limit.
    int64_t max_watches_per_caller = 1'000;
  };

  // The objects that watches use. They must outlive the gRPC server.
  struct Dependencies {
    TransactionLog* log;
    Store* store;
    // Runs reads of the store, which block. It is a separate pool, so that many watches that catch
    // up delay only each other.
    WorkerPool* history_pool;
    // Runs everything else that a watch does, so that it does not delay the appender that woke it.
    WorkerPool* turn_pool;
    std::string ledger;
    Clock clock;
    // A clock that never steps. It determines when progress is due.
    Clock steady;
    const Revocations* revocations;
  };

  Watches(Dependencies dependencies, Options options);
  // Call it only after the gRPC server was shut down.
  ~Watches();

  // Starts a call that lasts until it is cancelled or its token is no longer valid. The call fails
  // with TOO_BUSY if its caller has the maximum number of watches.
  Reactor* Start(const Identity& caller, const v1::WatchTransactionsRequest& request);
  // Returns a call that fails at once.
  static Reactor* Refuse(const absl::Status& status);

  // Ends every watch with SHUTTING_DOWN and its cursor, also those that start later.
  void Drain() ABSL_LOCKS_EXCLUDED(mu_);

  // Returns the number of watches for each WatchState.
  std::array<int64_t, kWatchStates> CountByState() const ABSL_LOCKS_EXCLUDED(mu_);
  // Returns how many calls were refused because their caller had too many.
  int64_t refused_watches() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  friend class WatchCall;
  // Adds a watch. Returns false if its caller has too many.
  bool Add(const std::shared_ptr<WatchCall>& watch) ABSL_LOCKS_EXCLUDED(mu_);
  void Remove(const std::shared_ptr<WatchCall>& watch) ABSL_LOCKS_EXCLUDED(mu_);
  void Tick() ABSL_LOCKS_EXCLUDED(mu_);

  const Dependencies deps_;
  const Options options_;
  std::atomic<bool> draining_ = false;
  StopFlag stop_;

  mutable absl::Mutex mu_;
  absl::flat_hash_set<std::shared_ptr<WatchCall>> watches_ ABSL_GUARDED_BY(mu_);
  // How many watches each caller has, by its subject.
  absl::flat_hash_map<std::string, int64_t> watches_of_ ABSL_GUARDED_BY(mu_);
  int64_t refused_watches_ ABSL_GUARDED_BY(mu_) = 0;

  std::thread ticker_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_WATCHES_H_
