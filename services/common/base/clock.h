#ifndef SERVICES_COMMON_BASE_CLOCK_H_
#define SERVICES_COMMON_BASE_CLOCK_H_

#include <chrono>
#include <functional>

#include "absl/time/time.h"

namespace ledgercast {

// Tells the time; injected, so that tests can set it.
using Clock = std::function<absl::Time()>;

// A time that never steps, for durations and deadlines inside a process: an operator or NTP may set
// the clock of the wall back by an hour at any moment. Its zero is arbitrary, so it must never be
// shown, stored, or compared with absl::Now().
inline absl::Time SteadyNow() {
  return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

// Both kinds: `wall` for what is shown, stored or signed, `steady` for durations.
struct Clocks {
  Clock wall;
  Clock steady;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_CLOCK_H_
