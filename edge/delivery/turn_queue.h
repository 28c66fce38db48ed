#ifndef EDGE_DELIVERY_TURN_QUEUE_H_
#define EDGE_DELIVERY_TURN_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"

namespace ledgercast {

// Holds items that wait for their turn. It is fair between owners: they take turns, one item each,
// so that an owner with many items does not delay the others. One owner's items keep their order.
//
// Not thread-safe.
template <typename T>
class TurnQueue {
 public:
  // Identifies an item that waits. Tickets are not reused.
  using Ticket = int64_t;

  Ticket Push(uint64_t owner, T item, absl::Time now) {
    const Ticket ticket = ++last_ticket_;
    waiters_.emplace(ticket, Waiter{owner, std::move(item), now});
    const auto [tickets, is_new] = owners_.try_emplace(owner);
    tickets->second.insert(ticket);
    if (is_new) turns_.push_back(owner);
    return ticket;
  }

  // Takes out the next item. There must be one.
  T Pop() {
    while (true) {
      const uint64_t owner = turns_.front();
      turns_.pop_front();
      const auto tickets = owners_.find(owner);
      if (tickets->second.empty()) {
        owners_.erase(tickets);
        continue;
      }
      const Ticket ticket = *tickets->second.begin();
      T item = std::move(waiters_.find(ticket)->second.item);
      Remove(ticket);
      // An owner whose items are all gone is removed at its next turn.
      if (owners_.contains(owner)) turns_.push_back(owner);
      return item;
    }
  }

  // Takes out the item of `ticket`. Returns false if the item does not wait any more.
  bool Remove(Ticket ticket) {
    const auto waiter = waiters_.find(ticket);
    if (waiter == waiters_.end()) return false;
    owners_.find(waiter->second.owner)->second.erase(ticket);
    waiters_.erase(waiter);
    if (waiters_.empty()) {
      owners_.clear();
      turns_.clear();
    }
    return true;
  }

  bool empty() const { return waiters_.empty(); }
  size_t size() const { return waiters_.size(); }
  // Returns how long the oldest item has waited; zero if none waits.
  absl::Duration OldestWait(absl::Time now) const {
    return empty() ? absl::ZeroDuration() : now - waiters_.begin()->second.since;
  }

 private:
  struct Waiter {
    uint64_t owner;
    T item;
    absl::Time since;
  };

  Ticket last_ticket_ = 0;
  // The items, in the order in which they came.
  absl::btree_map<Ticket, Waiter> waiters_;
  // The tickets of each owner. An owner is here if and only if it is in `turns_`, where it stands
  // once.
  absl::flat_hash_map<uint64_t, absl::btree_set<Ticket>> owners_;
  std::deque<uint64_t> turns_;
};

}  // namespace ledgercast

#endif  // EDGE_DELIVERY_TURN_QUEUE_H_
