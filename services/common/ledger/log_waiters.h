#ifndef SERVICES_COMMON_LEDGER_LOG_WAITERS_H_
#define SERVICES_COMMON_LEDGER_LOG_WAITERS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/common/ledger/visibility.h"

namespace ledgercast {

// Keeps who waits for the next transaction of which accounts, so that an append finds the waiters
// that it concerns without asking everybody. Each waiter is taken out once, and called by whoever
// takes it out.
//
// Not thread-safe: guarded by the mutex of the log that it belongs to.
class LogWaiters {
 public:
  using Id = int64_t;
  using Wake = std::function<void()>;

  Id Add(const AccountFilter& filter, Wake wake);
  // Takes `id` out, if it is there still, into `wakes`.
  void Take(Id id, std::vector<Wake>* wakes);
  // Takes out the waiters whose filter matches.
  void TakeConcerned(const v1::Transaction& transaction, std::vector<Wake>* wakes);
  void TakeAll(std::vector<Wake>* wakes);

 private:
  struct Waiter {
    AccountFilter filter;
    Wake wake;
  };

  Id last_id_ = 0;
  absl::flat_hash_map<Id, Waiter> waiters_;
  absl::flat_hash_set<Id> for_all_;
  absl::flat_hash_map<std::string, std::vector<Id>> for_account_;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_LEDGER_LOG_WAITERS_H_
