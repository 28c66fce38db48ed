#include "services/common/base/systemd_notifier.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "services/common/base/errors.h"

namespace ledgercast {

// Sends datagrams to systemd.
class SystemdNotifier::Socket {
 public:
  static absl::StatusOr<std::unique_ptr<Socket>> Open(const std::string& name) {
    auto socket = std::unique_ptr<Socket>(new Socket);
    sockaddr_un& address = socket->address_;
    if (name.size() < 2 || name.size() >= sizeof(address.sun_path) ||
        (name[0] != '/' && name[0] != '@')) {
      return absl::InvalidArgumentError("NOTIFY_SOCKET is \"" + name +
                                        "\", which is no path of a Unix socket");
    }
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    socket->length_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    socket->fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket->fd_ < 0) return absl::InternalError(std::strerror(errno));
    return socket;
  }

  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }

  // Logs the first failure only: without systemd's attention the program still serves.
  void Send(const std::string& lines) {
    const auto* to = reinterpret_cast<const sockaddr*>(&address_);
    if (sendto(fd_, lines.data(), lines.size(), MSG_NOSIGNAL, to, length_) >= 0 || failed_) return;
    failed_ = true;
    spdlog::warn("systemd cannot be told the state of this program: {}", std::strerror(errno));
  }

 private:
  Socket() = default;

  int fd_ = -1;
  sockaddr_un address_ = {};
  socklen_t length_ = 0;
  bool failed_ = false;
};

absl::StatusOr<std::unique_ptr<SystemdNotifier>> SystemdNotifier::Start(Options options) {
  auto socket = Socket::Open(options.socket);
  if (!socket.ok()) return socket.status();
  return std::unique_ptr<SystemdNotifier>(
      new SystemdNotifier(std::move(options), *std::move(socket)));
}

SystemdNotifier::SystemdNotifier(Options options, std::unique_ptr<Socket> socket)
    : options_(std::move(options)), socket_(std::move(socket)), thread_([this] { Run(); }) {}

SystemdNotifier::~SystemdNotifier() {
  stop_.Notify();
  thread_.join();
  socket_->Send("STOPPING=1");
}

void SystemdNotifier::Run() {
  bool told_ready = false;
  std::string told_state;
  do {
    const absl::Status ready = options_.ready();
    std::string state = ready.ok() ? "ready" : "not ready: " + std::string(MessageOf(ready));
    // The message is one line of the datagram.
    std::replace(state.begin(), state.end(), '\n', ' ');
    if (state == told_state) continue;
    told_state = std::move(state);
    const bool first = ready.ok() && !told_ready;
    told_ready = told_ready || ready.ok();
    socket_->Send((first ? "READY=1\nSTATUS=" : "STATUS=") + told_state);
  } while (!stop_.WaitForNotificationWithTimeout(options_.interval));
}

}  // namespace ledgercast
