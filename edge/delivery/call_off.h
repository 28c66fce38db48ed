#ifndef EDGE_DELIVERY_CALL_OFF_H_
#define EDGE_DELIVERY_CALL_OFF_H_

#include <functional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace ledgercast {

// Ends a call when nobody waits for its answer any more. The one who wants the answer makes a
// CallOff and keeps it. The one who makes the call says how to end that call. Thread-safe.
class CallOff {
 public:
  // Ends the call. If it has not begun yet, it is ended as soon as it begins.
  void Cancel() ABSL_LOCKS_EXCLUDED(mu_) {
    std::function<void()> cancel;
    {
      absl::MutexLock lock(&mu_);
      cancelled_ = true;
      cancel = std::exchange(cancel_, nullptr);
    }
    if (cancel) cancel();
  }

  // Says how to end the call. `cancel` runs at most once: before this returns, later, or even after
  // the call has ended.
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
