#ifndef SERVICES_COMMON_BASE_STOP_FLAG_H_
#define SERVICES_COMMON_BASE_STOP_FLAG_H_

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"

namespace ledgercast {

// Stops a thread that does something at intervals. The thread waits on this flag between two turns,
// and the owner of the thread sets the flag to stop it. Once set, the flag stays set.
//
// absl::Mutex measures a wait by the wall clock. If that clock is set back by an hour, a wait of 50
// ms takes an hour. This class measures by the steady clock. Thread-safe.
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

  // Waits until the flag is set, for at most `longest`. Returns whether it is set.
  bool WaitFor(absl::Duration longest) const {
    std::unique_lock<std::mutex> lock(mu_);
    return changed_.wait_for(lock, absl::ToChronoNanoseconds(std::min(longest, kLongest)),
                             [this] { return set_; });
  }

 private:
  // The longest wait. Much longer ones would overflow inside the library.
  static constexpr absl::Duration kLongest = absl::Hours(24 * 365);

  mutable std::mutex mu_;
  mutable std::condition_variable changed_;
  bool set_ = false;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_STOP_FLAG_H_
