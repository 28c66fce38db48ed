#ifndef SERVICES_COMMON_BASE_STOP_FLAG_H_
#define SERVICES_COMMON_BASE_STOP_FLAG_H_

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"

namespace ledgercast {

// Ends a thread that does something every so often: the thread waits on it between two turns, and
// whoever stops the thread sets it, once, for good.
//
// absl::Mutex waits by the clock of the wall, so that after a step back of an hour a wait of 50 ms
// takes an hour; this one waits by the steady clock. Thread-safe.
class StopFlag {
 public:
  void Set() {
    {
      const std::lock_guard<std::mutex> lock(mu_);
      set_ = true;
    }
    changed_.notify_all();
  }

  bool IsSet() const {
    const std::lock_guard<std::mutex> lock(mu_);
    return set_;
  }

  // Returns when it is set or after `longest`; true if it is set.
  bool WaitFor(absl::Duration longest) const {
    std::unique_lock<std::mutex> lock(mu_);
    return changed_.wait_for(lock, absl::ToChronoNanoseconds(std::min(longest, kLongest)),
                             [this] { return set_; });
  }

 private:
  // The longest wait, far below what overflows inside the library.
  static constexpr absl::Duration kLongest = absl::Hours(24 * 365);

  mutable std::mutex mu_;
  mutable std::condition_variable changed_;
  bool set_ = false;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_STOP_FLAG_H_
