#ifndef SERVICES_COMMON_BASE_LOG_LIMITER_H_
#define SERVICES_COMMON_BASE_LOG_LIMITER_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/common/base/rate_limit.h"

namespace ledgercast {

// Limits log lines that could otherwise come without end, such as one for each refused call. Allows
// a burst and then a few lines a second, and counts the lines that it withholds. Thread-safe.
class LogLimiter {
 public:
  LogLimiter(int64_t burst_lines, double lines_per_second)
      : limit_(TokenBucket::Limit::Of(lines_per_second, static_cast<double>(burst_lines))) {}

  // Returns nullopt if this line must not be written. Otherwise returns how many lines were
  // withheld since the last one that was written.
  std::optional<int64_t> Take(absl::Time now) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    if (lines_.Take(limit_, now)) return std::exchange(withheld_, 0);
    ++withheld_;
    return std::nullopt;
  }

 private:
  const TokenBucket::Limit limit_;
  absl::Mutex mu_;
  TokenBucket lines_ ABSL_GUARDED_BY(mu_);
  int64_t withheld_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_LOG_LIMITER_H_
