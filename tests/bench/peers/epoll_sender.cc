// The upper limit with which fan-out is compared. It upgrades WebSockets and does nothing but write
// prepared frames to them. Each text line of a publisher becomes one frame. All frames that arrive
// together go to a socket in one write.
//
//   fanout_epoll_sender PORT PUBLISH_PORT

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/open_files.h"

namespace {

constexpr int kBacklog = 4096;
constexpr char kWebSocketKey[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

int Listen(const char* port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(std::atoi(port)));
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(fd, kBacklog) != 0) {
    std::perror("listen");
    std::exit(1);
  }
  return fd;
}

std::string AcceptOf(std::string_view request) {
  constexpr std::string_view kName = "Sec-WebSocket-Key: ";
  const size_t at = request.find(kName);
  if (at == std::string_view::npos) return "";
  const std::string_view rest = request.substr(at + kName.size());
  const std::string key = std::string(rest.substr(0, rest.find('\r'))) + kWebSocketKey;
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
  std::array<unsigned char, 32> text;
  EVP_EncodeBlock(text.data(), digest.data(), digest.size());
  return reinterpret_cast<const char*>(text.data());
}

class Sender {
 public:
  Sender(int sockets, int publishers) : sockets_(sockets), publishers_(publishers) {
    for (const int fd : {sockets, publishers}) Watch(fd, EPOLLIN, EPOLL_CTL_ADD);
  }

  void Run() {
    std::array<epoll_event, 256> events;
    while (true) {
      const int ready = epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < ready; ++i) OnEvent(events[static_cast<size_t>(i)]);
    }
  }

 private:
  struct Socket {
    bool is_publisher = false;
    bool open = false;
    bool blocked = false;
    // Number of bytes of `frames_` that were written to this socket.
    size_t written = 0;
  };

  void Watch(int fd, uint32_t events, int operation) const {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    epoll_ctl(epoll_, operation, fd, &event);
  }

  Socket& At(int fd) {
    const auto place = static_cast<size_t>(fd);
    if (all_.size() <= place) all_.resize(place + 1);
    return all_[place];
  }

  void OnEvent(const epoll_event& event) {
    const int fd = event.data.fd;
    if (fd == sockets_ || fd == publishers_) return Accept(fd);
    if ((event.events & EPOLLOUT) != 0) {
      At(fd).blocked = false;
      Watch(fd, EPOLLIN, EPOLL_CTL_MOD);
      Write(fd);
      ForgetWritten();
    }
    if ((event.events & ~static_cast<uint32_t>(EPOLLOUT)) != 0) Read(fd);
  }

  void Accept(int listener) {
    const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
    if (fd < 0) return;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    At(fd) = Socket{listener == publishers_};
    Watch(fd, EPOLLIN, EPOLL_CTL_ADD);
  }

  void Read(int fd) {
    const ssize_t got = recv(fd, buffer_.data(), buffer_.size(), 0);
    if (got <= 0) return Drop(fd);
    const std::string_view bytes(buffer_.data(), static_cast<size_t>(got));
    if (At(fd).is_publisher) {
      Publish(bytes);
    } else if (!At(fd).open) {
      Upgrade(fd, bytes);
    }
  }

  void Drop(int fd) {
    const auto last = open_.end();
    for (auto it = open_.begin(); it != last; ++it) {
      if (*it != fd) continue;
      *it = open_.back();
      open_.pop_back();
      break;
    }
    close(fd);
  }

  void Upgrade(int fd, std::string_view request) {
    const std::string answer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        AcceptOf(request) + "\r\n\r\n";
    if (send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return Drop(fd);
    At(fd).open = true;
    At(fd).written = frames_.size();
    open_.push_back(fd);
  }

  void Publish(std::string_view bytes) {
    line_ += bytes;
    size_t begin = 0;
    for (size_t end = 0; (end = line_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      const size_t size = end - begin;
      frames_ += '\x81';
      if (size < 126) {
        frames_ += static_cast<char>(size);
      } else {
        frames_ += '\x7E';
        frames_ += static_cast<char>(size >> 8);
        frames_ += static_cast<char>(size & 0xFF);
      }
      frames_.append(line_, begin, size);
    }
    line_.erase(0, begin);
    for (const int fd : open_) {
      if (!At(fd).blocked) Write(fd);
    }
    ForgetWritten();
  }

  void Write(int fd) {
    Socket& socket = At(fd);
    const size_t left = frames_.size() - socket.written;
    if (left == 0) return;
    const ssize_t sent = send(fd, frames_.data() + socket.written, left, MSG_NOSIGNAL);
    if (sent > 0) socket.written += static_cast<size_t>(sent);
    if (socket.written == frames_.size()) return;
    socket.blocked = true;
    ++blocked_;
    Watch(fd, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
  }

  // Drops frames that all sockets have.
  void ForgetWritten() {
    if (blocked_ > 0) {
      blocked_ = 0;
      for (const int fd : open_) blocked_ += At(fd).blocked ? 1 : 0;
    }
    if (blocked_ > 0) return;
    frames_.clear();
    for (const int fd : open_) At(fd).written = 0;
  }

  const int epoll_ = epoll_create1(0);
  const int sockets_;
  const int publishers_;
  std::vector<Socket> all_;
  std::vector<int> open_;
  std::vector<char> buffer_ = std::vector<char>(1 << 20);
  std::string line_;
  std::string frames_;
  size_t blocked_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  ledgercast::bench::RaiseOpenFiles();
  Sender(Listen(argv[1]), Listen(argv[2])).Run();
}
