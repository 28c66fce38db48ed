#ifndef SERVICES_COMMON_BASE_RATE_LIMIT_H_
#define SERVICES_COMMON_BASE_RATE_LIMIT_H_

#include <algorithm>
#include <cstdint>
#include <limits>

#include "absl/time/time.h"

namespace ledgercast {

// Allows a burst of events at once and then a fixed number a second. It works like a bucket of
// tokens that holds the burst and is refilled at that rate. It is stored as one time, at which the
// bucket would be full again (the generic cell rate algorithm), so one bucket a client costs
// little.
//
// Not thread-safe: it is confined to one thread or guarded by its owner.
class TokenBucket {
 public:
  struct Limit {
    // Makes a limit. `burst` must be at least 1; 0 a second means that there is no limit.
    static Limit Of(double per_second, double burst) {
      if (per_second == 0) return {};
      const absl::Duration each = absl::Seconds(1) / per_second;
      return {absl::ToInt64Nanoseconds(each), absl::ToInt64Nanoseconds(each * burst)};
    }

    // Time until one token comes back, and until an empty bucket is full.
    int64_t each_nanos = 0;
    int64_t all_nanos = 0;
  };

  // Takes one token. Returns false if there is none left. `limit` must be the same in every call.
  bool Take(const Limit& limit, absl::Time now_time) {
    const int64_t now = absl::ToUnixNanos(now_time);
    // The time can be further ahead only if the clock was set back.
    const int64_t full_at = std::min(std::max(full_at_, now), now + limit.all_nanos);
    if (full_at + limit.each_nanos > now + limit.all_nanos) {
      full_at_ = full_at;
      return false;
    }
    full_at_ = full_at + limit.each_nanos;
    return true;
  }

 private:
  // Time at which the bucket is full, in nanoseconds since the Unix epoch. It is full at first.
  int64_t full_at_ = std::numeric_limits<int64_t>::min();
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_RATE_LIMIT_H_
