#ifndef SERVICES_COMMON_BASE_BACKOFF_H_
#define SERVICES_COMMON_BASE_BACKOFF_H_

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/time/time.h"

namespace ledgercast {

// Says how long to wait before the next attempt: full jitter below an exponentially growing bound,
// so that many clients of one failed server do not come back together. Reset() after progress. Not
// thread-safe.
class Backoff {
 public:
  // `random` draws from [0, 1).
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
