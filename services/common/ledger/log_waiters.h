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

// Holds the callbacks that wait for the next transaction of certain accounts. So an append finds
// the waiters that it concerns without asking all of them. A waiter is taken out only once, and
// whoever takes it out must call it.
//
// Not thread-safe: guarded by the mutex of the log that it belongs to.
class LogWaiters {
 public:
  using Id = int64_t;
  using Wake = std::function<void()>;

  Id Add(const AccountFilter& filter, Wake wake);
  // Moves the callback of `id` into `wakes`, if it still waits.
  void Take(Id id, std::vector<Wake>* wakes);
  // Moves the callbacks of all waiters whose filter matches into `wakes`.
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
