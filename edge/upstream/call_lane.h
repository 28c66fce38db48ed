#ifndef EDGE_UPSTREAM_CALL_LANE_H_
#define EDGE_UPSTREAM_CALL_LANE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "edge/delivery/call_off.h"
#include "edge/delivery/turn_queue.h"
#include "services/common/base/clock.h"

namespace ledgercast {

// Runs calls of one kind, a limited number at once. A limited number of further calls wait, and the
// first that came goes first. A call that is called off leaves the lane at once, or when it has
// ended if it runs.
//
// Thread-safe.
class CallLane {
 public:
  struct Options {
    int max_running = 16;
    size_t max_waiting = 20'000;
  };

  class Call {
   public:
    virtual ~Call() = default;
    // Begins the call. OnOver() of the lane must be called when the call is over.
    virtual void Start() = 0;
    // Ends the call early. May be called before Start(), which then begins a call that ends at
    // once, or after the call's end.
    virtual void Cancel() = 0;
    // Answers the call with `why` without having begun it.
    virtual void Drop(const absl::Status& why) = 0;
  };

  // Describes the calls that wait, for the metrics.
  struct Waiting {
    size_t calls = 0;
    absl::Duration oldest;
  };

  // `clock` never steps.
  CallLane(const Options& options, Clock clock) : options_(options), clock_(std::move(clock)) {}

  // Starts `call` now or later, or drops it: RESOURCE_EXHAUSTED / TOO_BUSY if too many wait,
  // CANCELLED if it is called off before its turn. It may be over before this returns.
  void Add(std::shared_ptr<Call> call, const std::shared_ptr<CallOff>& call_off)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Is called when a call that was started is over. Starts the next one.
  void OnOver() ABSL_LOCKS_EXCLUDED(mu_);
  // Drops the calls that wait, and all that are added later.
  void Close() ABSL_LOCKS_EXCLUDED(mu_);

  Waiting waiting() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using Queue = TurnQueue<std::shared_ptr<Call>>;

  // Takes out the call of `ticket`. Returns false if the call does not wait any more.
  bool Remove(Queue::Ticket ticket) ABSL_LOCKS_EXCLUDED(mu_);

  const Options options_;
  const Clock clock_;

  mutable absl::Mutex mu_;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
  int running_ ABSL_GUARDED_BY(mu_) = 0;
  // It is empty once the lane is closed.
  Queue waiting_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast

#endif  // EDGE_UPSTREAM_CALL_LANE_H_
