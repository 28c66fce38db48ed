#include "services/transaction/postgres/socket_alarm.h"

#include <sys/socket.h>

#include <algorithm>

#include "services/common/base/clock.h"

namespace ledgercast::postgres {
namespace {

// The longest wait that is passed to the system. A new alarm wakes the thread earlier.
constexpr absl::Duration kLongestWait = absl::Hours(1);

}  // namespace

std::shared_ptr<SocketAlarms> SocketAlarms::Shared() {
  static std::mutex mu;
  static auto& shared = *new std::weak_ptr<SocketAlarms>();
  const std::lock_guard<std::mutex> lock(mu);
  std::shared_ptr<SocketAlarms> alarms = shared.lock();
  if (alarms == nullptr) shared = alarms = std::make_shared<SocketAlarms>();
  return alarms;
}

SocketAlarms::~SocketAlarms() {
  {
    const std::lock_guard<std::mutex> lock(mu_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void SocketAlarms::Loop() {
  std::unique_lock<std::mutex> lock(mu_);
  while (!stopping_) {
    const absl::Duration wait =
        due_.empty() ? kLongestWait : std::min(kLongestWait, due_.begin()->first - SteadyNow());
    if (wait > absl::ZeroDuration()) {
      looks_at_ = SteadyNow() + wait;
      changed_.wait_for(lock, absl::ToChronoNanoseconds(wait));
      continue;
    }
    // The lock is held, so the socket cannot be closed meanwhile.
    shutdown(due_.begin()->second, SHUT_RDWR);
    due_.erase(due_.begin());
  }
}

SocketAlarms::Alarm::Alarm(SocketAlarms* alarms, int socket, absl::Duration timeout)
    : alarms_(alarms), due_(SteadyNow() + timeout, socket) {
  const std::lock_guard<std::mutex> lock(alarms_->mu_);
  alarms_->due_.insert(due_);
  if (due_.first < alarms_->looks_at_) alarms_->changed_.notify_all();
}

SocketAlarms::Alarm::~Alarm() {
  const std::lock_guard<std::mutex> lock(alarms_->mu_);
  alarms_->due_.erase(due_);
}

}  // namespace ledgercast::postgres
