#include "services/cli/interrupt.h"

#include <pthread.h>
#include <signal.h>

#include <utility>

namespace ledgercast::cli {

Interrupt::Interrupt(StopSignal* signal, std::function<void()> on_arrival)
    : waiter_([this, signal, on_arrival = std::move(on_arrival)] {
        (void)signal->Wait();
        arrived_.Notify();
        on_arrival();
      }) {}

Interrupt::~Interrupt() {
  // The waiter blocks SIGTERM and waits for it, so the signal only wakes it up.
  if (!HasArrived()) pthread_kill(waiter_.native_handle(), SIGTERM);
  waiter_.join();
}

bool Interrupt::WaitFor(absl::Duration longest) const {
  return arrived_.WaitForNotificationWithTimeout(longest);
}

}  // namespace ledgercast::cli
