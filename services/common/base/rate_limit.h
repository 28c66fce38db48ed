#ifndef SERVICES_COMMON_BASE_RATE_LIMIT_H_
#define SERVICES_COMMON_BASE_RATE_LIMIT_H_

#include <algorithm>
#include <cstdint>
#include <limits>

#include "absl/time/time.h"

namespace ledgercast {

// Allows a burst at once, then so many a second: a bucket that holds the burst and fills with the
// rate. It is stored as one time, at which it would be full again (the generic cell rate
// algorithm), so that a bucket for each of many clients costs little.
//
// Confined to one thread, or guarded by its owner.
class TokenBucket {
 public:
  struct Limit {
    // `burst` is at least 1. 0 a second = no limit.
    static Limit Of(double per_second, double burst) {
      if (per_second == 0) return {};
      const absl::Duration each = absl::Seconds(1) / per_second;
      return {absl::ToInt64Nanoseconds(each), absl::ToInt64Nanoseconds(each * burst)};
    }

    // How long it takes until one comes back, and until all do.
    int64_t each_nanos = 0;
    int64_t all_nanos = 0;
  };

  // Takes one. Returns false, and takes nothing, if there is none left. `limit` is always the same.
  bool Take(const Limit& limit, absl::Time now_time) {
    const int64_t now = absl::ToUnixNanos(now_time);
    // Further ahead it cannot be, unless the clock was set back.
    const int64_t full_at = std::min(std::max(full_at_, now), now + limit.all_nanos);
    if (full_at + limit.each_nanos > now + limit.all_nanos) {
      full_at_ = full_at;
      return false;
    }
    full_at_ = full_at + limit.each_nanos;
    return true;
  }

 private:
  // When it is full, in nanoseconds since the Unix epoch; it is full at first.
  int64_t full_at_ = std::numeric_limits<int64_t>::min();
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_RATE_LIMIT_H_
