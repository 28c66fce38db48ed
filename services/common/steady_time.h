#ifndef SERVICES_COMMON_STEADY_TIME_H_
#define SERVICES_COMMON_STEADY_TIME_H_

#include <chrono>

#include "absl/time/time.h"

namespace ledgercast {

// A time that is never set back, for waits within this process. It says nothing of the day.
inline absl::Time SteadyNow() {
  return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace ledgercast

#endif  // SERVICES_COMMON_STEADY_TIME_H_
