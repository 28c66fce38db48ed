#ifndef SERVICES_COMMON_BASE_DOORBELL_H_
#define SERVICES_COMMON_BASE_DOORBELL_H_

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"
#include "services/common/base/clock.h"

namespace ledgercast {

// Wakes one thread that waits for something to change, for at most some time by the steady clock;
// absl::Mutex waits by the clock of the wall (see StopFlag). What changes is guarded elsewhere;
// whoever changes it rings afterwards. Thread-safe.
class Doorbell {
 public:
  void Ring() {
    {
      const std::lock_guard<std::mutex> lock(mu_);
      rung_ = true;
    }
    changed_.notify_one();
  }

  // Returns true as soon as `is_so()`, which is looked at now and after each ring; false if it is
  // not within `longest`. Only one thread may wait.
  template <typename Condition>
  bool WaitUntil(Condition is_so, absl::Duration longest) {
    // Further away nobody waits, and it overflows nothing.
    const absl::Time until = SteadyNow() + std::min(longest, absl::Hours(24 * 365));
    while (!is_so()) {
      const absl::Duration left = until - SteadyNow();
      std::unique_lock<std::mutex> lock(mu_);
      if (!changed_.wait_for(lock, absl::ToChronoNanoseconds(left), [this] { return rung_; })) {
        return false;
      }
      rung_ = false;
    }
    return true;
  }

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  bool rung_ = false;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_DOORBELL_H_
