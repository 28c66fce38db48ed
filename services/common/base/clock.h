#ifndef SERVICES_COMMON_BASE_CLOCK_H_
#define SERVICES_COMMON_BASE_CLOCK_H_

#include <chrono>
#include <functional>

#include "absl/time/time.h"

namespace ledgercast {

// Returns the current time. It is injected, so that tests can set it.
using Clock = std::function<absl::Time()>;

// Returns a time that never steps, for durations and deadlines inside a process. The wall clock may
// be set back by an hour at any moment, by an operator or by NTP. The zero of this time is
// arbitrary, so it must never be shown, stored, or compared with absl::Now().
inline absl::Time SteadyNow() {
  return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

// Holds both clocks: `wall` for times that are shown, stored or signed, `steady` for durations.
struct Clocks {
  Clock wall;
  Clock steady;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_CLOCK_H_
