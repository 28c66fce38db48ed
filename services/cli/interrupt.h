#ifndef SERVICES_CLI_INTERRUPT_H_
#define SERVICES_CLI_INTERRUPT_H_

#include <functional>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "services/common/base/program.h"

namespace ledgercast::cli {

// Turns Ctrl-C (or SIGTERM) into an event. Its own thread waits for the signal; the destructor
// joins it. Thread-safe.
class Interrupt {
 public:
  // Runs `on_arrival` on its own thread when the signal arrives, at the latest when this object is
  // destroyed.
  Interrupt(StopSignal* signal, std::function<void()> on_arrival);
  ~Interrupt();

  bool HasArrived() const { return arrived_.HasBeenNotified(); }
  // Waits for the signal. Returns true as soon as it arrives, false after `longest`.
  bool WaitFor(absl::Duration longest) const;

 private:
  absl::Notification arrived_;
  std::thread waiter_;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_INTERRUPT_H_
