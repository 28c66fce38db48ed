#include "edge/net/tcp.h"

#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace ledgercast {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

bool Set(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof(value)) == 0;
}

// Returns the port that it could listen on; 0, with errno set, if it could not.
uint16_t TryListen(const addrinfo& where) {
  const Descriptor fd(socket(where.ai_family, where.ai_socktype | SOCK_CLOEXEC, 0));
  if (fd.get() < 0 || !Set(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1) ||
      bind(fd.get(), where.ai_addr, where.ai_addrlen) != 0 || listen(fd.get(), 1) != 0) {
    return 0;
  }
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  if (getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  return ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(bound).sin6_port
                                           : reinterpret_cast<sockaddr_in&>(bound).sin_port);
}

}  // namespace

absl::StatusOr<ListenAddress> FindListenAddress(const std::string& host, uint16_t port) {
  const std::string name = host + ":" + std::to_string(port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failed != 0) {
    return absl::UnavailableError("cannot listen on " + name + ": " + gai_strerror(failed));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  ListenAddress result;
  result.port = TryListen(*found);
  if (result.port == 0) {
    return absl::UnavailableError("cannot listen on " + name + ": " + std::strerror(errno));
  }
  char numeric[NI_MAXHOST];
  getnameinfo(found->ai_addr, found->ai_addrlen, numeric, sizeof(numeric), nullptr, 0,
              NI_NUMERICHOST);
  result.address = numeric;
  return result;
}

bool SharePort(int fd) { return Set(fd, SOL_SOCKET, SO_REUSEPORT, 1); }

void TuneConnection(int fd, int send_buffer_bytes, absl::Duration timeout) {
  Set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  Set(fd, SOL_SOCKET, SO_SNDBUF, send_buffer_bytes);
  Set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(absl::ToInt64Milliseconds(timeout)));
}

Link LinkOf(int fd) {
  Link link;
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  auto* const address = reinterpret_cast<sockaddr*>(&peer);
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  if (getpeername(fd, address, &size) == 0 &&
      getnameinfo(address, size, host, sizeof(host), port, sizeof(port),
                  NI_NUMERICHOST | NI_NUMERICSERV) == 0) {
    const bool is_v6 = peer.ss_family == AF_INET6;
    link.address = (is_v6 ? "[" + std::string(host) + "]" : host) + ":" + port;
  }
  int unacknowledged = 0;
  if (ioctl(fd, SIOCOUTQ, &unacknowledged) == 0) link.unacknowledged_bytes = unacknowledged;
  return link;
}

bool DiscardReceived(int fd, size_t* budget_bytes) {
  char scratch[16 << 10];
  while (*budget_bytes > 0) {
    const ssize_t got = recv(fd, scratch, std::min(sizeof(scratch), *budget_bytes), MSG_DONTWAIT);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    *budget_bytes -= got;
  }
  return false;
}

size_t WriteNow(int fd, std::string_view head, std::string_view body) {
  iovec parts[] = {{const_cast<char*>(head.data()), head.size()},
                   {const_cast<char*>(body.data()), body.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  const ssize_t written = sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  return written > 0 ? static_cast<size_t>(written) : 0;
}

size_t WriteNow(int fd, std::string_view bytes) {
  const ssize_t written = send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return written > 0 ? static_cast<size_t>(written) : 0;
}

}  // namespace ledgercast
