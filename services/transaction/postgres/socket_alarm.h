#ifndef SERVICES_TRANSACTION_POSTGRES_SOCKET_ALARM_H_
#define SERVICES_TRANSACTION_POSTGRES_SOCKET_ALARM_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "absl/time/time.h"

namespace ledgercast::postgres {

// Ends the wait for an answer that does not come. libpq waits for ever. The server's timeouts do
// not help if the server itself hangs, because its machine is paused or the network is cut. Nor do
// they help if COMMIT waits for a synchronous standby. So every statement sets an alarm. When it
// goes off, the socket is shut down, and libpq reports that the connection is lost.
//
// Thread-safe, with one thread of its own. It waits by the steady clock, which absl::Mutex cannot.
class SocketAlarms {
 public:
  // Returns the object that the whole process shares. The first caller creates it, and it is
  // destroyed with its last holder.
  static std::shared_ptr<SocketAlarms> Shared();

  SocketAlarms() : thread_([this] { Loop(); }) {}
  ~SocketAlarms();
  SocketAlarms(const SocketAlarms&) = delete;
  SocketAlarms& operator=(const SocketAlarms&) = delete;

  // An alarm that is set as long as this object lives. `socket` must stay open that long.
  class Alarm {
   public:
    Alarm(SocketAlarms* alarms, int socket, absl::Duration timeout);
    ~Alarm();
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;

   private:
    SocketAlarms* const alarms_;
    const std::pair<absl::Time, int> due_;
  };

 private:
  void Loop();

  std::mutex mu_;
  std::condition_variable changed_;
  // The members below are guarded by mu_, except `thread_`.
  bool stopping_ = false;
  // The time of each alarm, by SteadyNow(), and its socket. A socket has one statement at a time,
  // so no two are the same.
  std::set<std::pair<absl::Time, int>> due_;
  // When the thread wakes up next. Only an alarm before that time needs to wake it.
  absl::Time looks_at_ = absl::InfinitePast();
  std::thread thread_;
};

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_SOCKET_ALARM_H_
