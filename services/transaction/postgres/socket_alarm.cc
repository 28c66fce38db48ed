#include "services/transaction/postgres/socket_alarm.h"

#include <sys/socket.h>

namespace ledgercast::postgres {

std::shared_ptr<SocketAlarms> SocketAlarms::Shared() {
  static absl::Mutex mu(absl::kConstInit);
  static auto& shared = *new std::weak_ptr<SocketAlarms>();
  absl::MutexLock lock(&mu);
  std::shared_ptr<SocketAlarms> alarms = shared.lock();
  if (alarms == nullptr) shared = alarms = std::make_shared<SocketAlarms>();
  return alarms;
}

SocketAlarms::~SocketAlarms() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  thread_.join();
}

void SocketAlarms::Loop() {
  absl::MutexLock lock(&mu_);
  while (!stopping_) {
    const absl::Time next = due_.empty() ? absl::InfiniteFuture() : due_.begin()->first;
    const auto sooner = [this, next]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
      return stopping_ || (!due_.empty() && due_.begin()->first < next);
    };
    if (mu_.AwaitWithDeadline(absl::Condition(&sooner), next)) continue;
    if (due_.empty() || due_.begin()->first > absl::Now()) continue;
    // Under the lock, so that the socket cannot be closed meanwhile.
    shutdown(due_.begin()->second, SHUT_RDWR);
    due_.erase(due_.begin());
  }
}

SocketAlarms::Alarm::Alarm(SocketAlarms* alarms, int socket, absl::Duration timeout)
    : alarms_(alarms), due_(absl::Now() + timeout, socket) {
  absl::MutexLock lock(&alarms_->mu_);
  alarms_->due_.insert(due_);
}

SocketAlarms::Alarm::~Alarm() {
  absl::MutexLock lock(&alarms_->mu_);
  alarms_->due_.erase(due_);
}

}  // namespace ledgercast::postgres
