#ifndef SERVICES_CLI_INTERRUPT_H_
#define SERVICES_CLI_INTERRUPT_H_

#include <functional>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "services/common/base/program.h"

namespace ledgercast::cli {

// Ctrl-C (or SIGTERM) as an event. Thread-safe; a thread of its own waits for the signal
// and is joined by the destructor.
class Interrupt {
 public:
  // Runs `on_arrival` on its thread, at the latest when this object goes.
  Interrupt(StopSignal* signal, std::function<void()> on_arrival);
  ~Interrupt();

  bool HasArrived() const { return arrived_.HasBeenNotified(); }
  // Waits for it. Returns true as soon as it arrives, false after `longest`.
  bool WaitFor(absl::Duration longest) const;

 private:
  absl::Notification arrived_;
  std::thread waiter_;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_INTERRUPT_H_
