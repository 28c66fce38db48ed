#ifndef EDGE_TIMERS_H_
#define EDGE_TIMERS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "absl/time/time.h"

namespace ledgercast {

// A shard's deadlines, in the order in which they fall due: one tick of the shard looks at
// the front instead of the library keeping a timer for every socket. As fine as the tick.
// Confined to the shard's thread.
class Timers {
 public:
  using Id = std::pair<absl::Time, uint64_t>;

  Id Set(absl::Time due, std::function<void()> action) {
    const Id id{due, ++last_};
    actions_.emplace(id, std::move(action));
    return id;
  }

  // Does nothing if it has run.
  void Cancel(const Id& id) { actions_.erase(id); }

  // Runs what is due. Actions may set and cancel timers.
  void RunDue(absl::Time now) {
    while (!actions_.empty() && actions_.begin()->first.first <= now) {
      const auto action = std::move(actions_.begin()->second);
      actions_.erase(actions_.begin());
      action();
    }
  }

 private:
  uint64_t last_ = 0;
  std::map<Id, std::function<void()>> actions_;
};

// One deadline at a time of whoever holds it, which ends with its holder. `timers` outlives it.
class Timer {
 public:
  explicit Timer(Timers* timers) : timers_(timers) {}
  ~Timer() { Clear(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // In place of the one before. `action` may set it again, or destroy it.
  void Set(absl::Time due, std::function<void()> action) {
    Clear();
    id_ = timers_->Set(due, std::move(action));
  }
  void Clear() { timers_->Cancel(id_); }

 private:
  Timers* const timers_;
  // Id of the newest timer. Ids are not reused, so it is harmless to cancel one that has run.
  Timers::Id id_;
};

}  // namespace ledgercast

#endif  // EDGE_TIMERS_H_
