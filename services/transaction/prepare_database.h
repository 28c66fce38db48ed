#ifndef SERVICES_TRANSACTION_PREPARE_DATABASE_H_
#define SERVICES_TRANSACTION_PREPARE_DATABASE_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "services/transaction/options.h"

namespace ledgercast {

// Holds what the service waits for while it starts. It is OK if the service waits for nothing in
// particular. Thread-safe.
class WaitingFor {
 public:
  void Set(absl::Status status) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    status_ = std::move(status);
  }
  absl::Status Get() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return status_;
  }

 private:
  mutable absl::Mutex mu_;
  absl::Status status_ ABSL_GUARDED_BY(mu_);
};

// Runs `attempt`, which uses the database, until it succeeds, fails for good, or `keep_waiting`
// returns false. Returns the status of the last attempt. The reason for waiting is logged whenever
// it changes, and is set in `waiting_for`.
absl::Status AwaitDatabase(const std::function<absl::Status()>& attempt,
                           const std::function<bool()>& keep_waiting, WaitingFor* waiting_for);

// Waits for the database, as long as `keep_waiting` returns true, until this program can run on its
// schema. It migrates the schema itself, or with `--migrate=false` waits until somebody did. Sets
// `warnings` to what an operator should know about the database (see ServerWarnings()), and
// `waiting_for` to the reason for waiting. Returns at once an error that waiting cannot mend.
absl::Status PrepareDatabase(const TransactionOptions& options,
                             const std::function<bool()>& keep_waiting, WaitingFor* waiting_for,
                             std::vector<std::string>* warnings);

// Runs the mode `migrate`: waits for the database that `options` name, as above, and migrates it.
// Gives `runtime_role` the rights that the service needs, unless it is "".
absl::Status MigrateOnly(const TransactionOptions& options, const std::string& runtime_role,
                         const std::function<bool()>& keep_waiting);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_PREPARE_DATABASE_H_
