#ifndef EDGE_DELIVERY_CALL_OFF_H_
#define EDGE_DELIVERY_CALL_OFF_H_

#include <functional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace ledgercast {

// Lets whoever asked for a call end it when nobody waits for the answer any more. Whoever asks
// makes one and keeps it; whoever makes the call says how the call is ended. Thread-safe.
class CallOff {
 public:
  // Ends the call that was begun, or the one that is begun later as soon as it is.
  void Cancel() ABSL_LOCKS_EXCLUDED(mu_) {
    std::function<void()> cancel;
    {
      absl::MutexLock lock(&mu_);
      cancelled_ = true;
      cancel = std::exchange(cancel_, nullptr);
    }
    if (cancel) cancel();
  }

  // Says how to end the call. `cancel` runs at most once, perhaps at once, perhaps after the end of
  // the call.
  void SetCancel(std::function<void()> cancel) ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      if (!cancelled_) {
        cancel_ = std::move(cancel);
        return;
      }
    }
    cancel();
  }

 private:
  absl::Mutex mu_;
  bool cancelled_ ABSL_GUARDED_BY(mu_) = false;
  std::function<void()> cancel_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast

#endif  // EDGE_DELIVERY_CALL_OFF_H_
