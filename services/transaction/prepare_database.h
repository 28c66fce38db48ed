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

// What a service waits for while it starts; OK where that is nothing in particular. Thread-safe.
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

// Runs `attempt`, which uses the database, until it works, fails for good, or `keep_waiting`
// answers false; then its last error is returned. What is waited for is logged whenever that
// changes, and told to `waiting_for`.
absl::Status AwaitDatabase(const std::function<absl::Status()>& attempt,
                           const std::function<bool()>& keep_waiting, WaitingFor* waiting_for);

// Waits for the database as long as `keep_waiting` answers true, and until its schema is one that
// this program runs on: it migrates the schema itself, or with `--migrate=false` waits until
// somebody has. `warnings` gets what an operator should know about the database (see
// ServerWarnings()). An error that waiting does not mend is returned at once. `waiting_for` is told
// what is waited for.
absl::Status PrepareDatabase(const TransactionOptions& options,
                             const std::function<bool()>& keep_waiting, WaitingFor* waiting_for,
                             std::vector<std::string>* warnings);

// Runs the mode `migrate`: migrates the database that `options` name, waiting for it likewise, and
// gives `runtime_role`, if it is not "", the rights that the service needs.
absl::Status MigrateOnly(const TransactionOptions& options, const std::string& runtime_role,
                         const std::function<bool()>& keep_waiting);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_PREPARE_DATABASE_H_
