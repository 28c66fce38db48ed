#ifndef SERVICES_COMMON_LOG_LIMITER_H_
#define SERVICES_COMMON_LOG_LIMITER_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace ledgercast {

// Bounds lines that a storm could write without end (one for each call that is refused): some
// at once, then a few a second; the others are counted. Thread-safe.
class LogLimiter {
 public:
  LogLimiter(int64_t burst_lines, double lines_per_second)
      : burst_(static_cast<double>(burst_lines)), per_second_(lines_per_second), lines_(burst_) {}

  // Nothing: do not write this line. Else how many were not written since the last one that was.
  std::optional<int64_t> Take(absl::Time now) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    const absl::Duration passed = std::max(now - last_, absl::ZeroDuration());
    lines_ = std::min(burst_, lines_ + absl::ToDoubleSeconds(passed) * per_second_);
    last_ = std::max(last_, now);
    if (lines_ < 1) {
      ++withheld_;
      return std::nullopt;
    }
    lines_ -= 1;
    return std::exchange(withheld_, 0);
  }

 private:
  const double burst_;
  const double per_second_;
  absl::Mutex mu_;
  double lines_ ABSL_GUARDED_BY(mu_);
  absl::Time last_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
  int64_t withheld_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_LOG_LIMITER_H_
