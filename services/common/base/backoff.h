#ifndef SERVICES_COMMON_BASE_BACKOFF_H_
#define SERVICES_COMMON_BASE_BACKOFF_H_

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/time/time.h"

namespace ledgercast {

// Computes how long to wait before the next attempt. The wait is random below a bound that doubles
// with each attempt (full jitter), so that many clients of one failed server do not come back
// together. Call Reset() after a success. Not thread-safe.
class Backoff {
 public:
  // The bound starts at `first` and grows up to `most`. `random` draws from [0, 1).
  Backoff(absl::Duration first, absl::Duration most, std::function<double()> random)
      : first_(first), most_(most), bound_(first), random_(std::move(random)) {}

  absl::Duration Next() {
    const absl::Duration delay = bound_ * random_();
    bound_ = std::min(most_, 2 * bound_);
    return delay;
  }

  void Reset() { bound_ = first_; }

 private:
  const absl::Duration first_;
  const absl::Duration most_;
  absl::Duration bound_;
  std::function<double()> random_;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_BACKOFF_H_
