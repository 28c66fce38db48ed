#ifndef SERVICES_TRANSACTION_POSTING_POSTING_QUEUE_H_
#define SERVICES_TRANSACTION_POSTING_POSTING_QUEUE_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/transaction/posting/decide.h"

namespace ledgercast {

// A unit that waits to be posted, and how to answer its caller.
struct PostingItem {
  PostingUnit unit;
  // True if the caller chose the ids, which may therefore be in the ledger already.
  bool chosen_ids = false;
  // The item is not posted if its turn comes later than this.
  absl::Time deadline = absl::InfiniteFuture();
  std::function<void(absl::StatusOr<std::vector<Posted>>)> done;
  // The traceparent of the call that brought it; "" if that call is not traced.
  std::string traceparent;
};

// Holds the items that wait to be posted, and is fair to all callers. Each caller has a queue of
// its own, and callers take turns by number of transactions (deficit round robin: Shreedhar and
// Varghese, 1995). So a bulk load does not hold up the other callers. The items of one caller keep
// their order.
//
// Not thread-safe: its owner holds a lock.
class PostingQueue {
 public:
  // All limits count transactions, except `max_bytes`.
  struct Limits {
    int64_t max_transactions = 20'000;
    // Limit for one caller. It is lower, so that one caller cannot fill the queue alone.
    int64_t max_caller_transactions = 12'000;
    int64_t max_bytes = int64_t{64} << 20;
  };

  explicit PostingQueue(Limits limits) : limits_(limits) {}

  // Queues an item. If the item would exceed a limit, does not move it and returns false. An empty
  // queue accepts any item.
  bool Push(PostingItem& item);
  // Takes the next item out, if it has at most `room` transactions or is the `first` of its batch.
  std::optional<PostingItem> Pop(int64_t room, bool first);

  bool empty() const { return turns_.empty(); }
  int64_t transactions() const { return transactions_; }

 private:
  struct Waiting {
    PostingItem item;
    int64_t bytes = 0;
  };
  struct Caller {
    std::string name;
    std::deque<Waiting> items;
    int64_t transactions = 0;
    // Number of transactions that it may still post in this turn.
    int64_t credit = 0;
  };

  const Limits limits_;
  int64_t transactions_ = 0;
  int64_t bytes_ = 0;
  // The callers that have waiting items. It is the turn of the front one.
  std::list<Caller> turns_;
  absl::flat_hash_map<std::string, std::list<Caller>::iterator> callers_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_POSTING_POSTING_QUEUE_H_
