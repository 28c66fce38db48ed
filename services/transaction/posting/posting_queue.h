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

// One call that waits to be posted.
struct PostingItem {
  PostingUnit unit;
  // Whether the caller chose the ids, which may then be known already.
  bool chosen_ids = false;
  // The item is not posted if it was not taken by then.
  absl::Time deadline = absl::InfiniteFuture();
  std::function<void(absl::StatusOr<std::vector<Posted>>)> done;
  // The traceparent of the call that it came with; "" if that is not traced.
  std::string traceparent;
};

// Holds what waits to be posted, fairly between callers: each has a queue of its own, and they take
// turns by the number of transactions (deficit round robin: Shreedhar and Varghese, 1995), so that
// a bulk load holds nobody up. One caller's items keep their order.
//
// Not thread-safe: its owner holds a lock.
class PostingQueue {
 public:
  // All limits count transactions, except for the bytes.
  struct Limits {
    int64_t max_transactions = 20'000;
    // Lower, so that one caller cannot fill the queue alone.
    int64_t max_caller_transactions = 12'000;
    int64_t max_bytes = int64_t{64} << 20;
  };

  explicit PostingQueue(Limits limits) : limits_(limits) {}

  // Queues an item. Returns false, and does not move it, if it would pass a limit. An empty queue
  // takes any item.
  bool Push(PostingItem& item);
  // Takes the next whole item, if it is the first or has at most `room` transactions.
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
    // How many more it may have posted in this turn.
    int64_t credit = 0;
  };

  const Limits limits_;
  int64_t transactions_ = 0;
  int64_t bytes_ = 0;
  // The callers that have something waiting; the front one has the turn.
  std::list<Caller> turns_;
  absl::flat_hash_map<std::string, std::list<Caller>::iterator> callers_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_POSTING_POSTING_QUEUE_H_
