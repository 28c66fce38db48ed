#ifndef SERVICES_COMMON_BASE_SYSTEMD_NOTIFIER_H_
#define SERVICES_COMMON_BASE_SYSTEMD_NOTIFIER_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace ledgercast {

// Tells systemd when this program is ready, so that a unit with Type=notify counts as started only
// then, and what it waits for until then. `systemctl status` shows that line. The protocol is that
// of sd_notify(3): datagrams of VARIABLE=VALUE lines to the Unix socket that NOTIFY_SOCKET names.
//
// Threads: one of its own, which calls `ready`.
class SystemdNotifier {
 public:
  struct Options {
    // The value of NOTIFY_SOCKET: a path, or @NAME for a socket of the abstract namespace.
    std::string socket;
    // Returns OK if the program can serve, or an error that says why not.
    std::function<absl::Status()> ready;
    // How often `ready` is asked.
    absl::Duration interval = absl::Milliseconds(200);
  };

  // Starts to notify. Returns INVALID_ARGUMENT for a name that cannot be that of a socket.
  static absl::StatusOr<std::unique_ptr<SystemdNotifier>> Start(Options options);
  // Tells systemd that the program stops, and joins the thread.
  ~SystemdNotifier();

 private:
  class Socket;
  SystemdNotifier(Options options, std::unique_ptr<Socket> socket);

  void Run();

  const Options options_;
  const std::unique_ptr<Socket> socket_;
  absl::Notification stop_;
  std::thread thread_;
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_SYSTEMD_NOTIFIER_H_
