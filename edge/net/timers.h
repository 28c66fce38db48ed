#ifndef EDGE_NET_TIMERS_H_
#define EDGE_NET_TIMERS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "absl/time/time.h"
#include "services/common/base/check.h"

namespace ledgercast {

// Holds a shard's deadlines in the order in which they fall due. Each tick of the shard looks at
// the first ones, so the library need not keep a timer for every socket. A deadline is only as
// exact as the tick. All times are of a clock that never steps (SteadyNow()). Confined to the
// shard's thread.
class Timers {
 public:
  using Id = std::pair<absl::Time, uint64_t>;

  Id Set(absl::Time due, std::function<void()> action) {
    const Id id{due, ++last_};
    actions_.emplace(id, std::move(action));
    return id;
  }

  // Cancels a timer; does nothing if it has run.
  void Cancel(const Id& id) { actions_.erase(id); }

  // Runs the actions that are due. Actions may set and cancel timers.
  void RunDue(absl::Time now) {
    LC_CHECK(now >= ran_at_) << "the clock stepped back by " << (ran_at_ - now);
    ran_at_ = now;
    while (!actions_.empty() && actions_.begin()->first.first <= now) {
      const auto action = std::move(actions_.begin()->second);
      actions_.erase(actions_.begin());
      action();
    }
  }

 private:
  absl::Time ran_at_ = absl::InfinitePast();
  uint64_t last_ = 0;
  std::map<Id, std::function<void()>> actions_;
};

// Holds one deadline at a time, and cancels it when destroyed. `timers` outlives it.
class Timer {
 public:
  explicit Timer(Timers* timers) : timers_(timers) {}
  ~Timer() { Clear(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Replaces the previous deadline. `action` may set this timer again, or destroy it.
  void Set(absl::Time due, std::function<void()> action) {
    Clear();
    id_ = timers_->Set(due, std::move(action));
  }
  void Clear() { timers_->Cancel(id_); }

 private:
  Timers* const timers_;
  // The id of the deadline. Ids are not reused, so cancelling a deadline that has passed does
  // nothing.
  Timers::Id id_;
};

}  // namespace ledgercast

#endif  // EDGE_NET_TIMERS_H_
