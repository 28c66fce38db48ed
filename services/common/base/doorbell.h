#ifndef SERVICES_COMMON_BASE_DOORBELL_H_
#define SERVICES_COMMON_BASE_DOORBELL_H_

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"
#include "services/common/base/clock.h"

namespace ledgercast {

// Wakes one thread that waits for a change. The wait has a time limit that is measured by the
// steady clock; absl::Mutex measures by the wall clock instead (see StopFlag). The state that
// changes is guarded elsewhere, and whoever changes it calls Ring() afterwards. Thread-safe.
class Doorbell {
 public:
  void Ring() {
    {
      const std::lock_guard<std::mutex> lock(mu_);
      rung_ = true;
    }
    changed_.notify_one();
  }

  // Waits until `is_so()` returns true; it is called now and after each ring. Returns false if it
  // is not true within `longest`. Only one thread may wait.
  template <typename Condition>
  bool WaitUntil(Condition is_so, absl::Duration longest) {
    // A limit of one year keeps the sum from overflowing.
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
