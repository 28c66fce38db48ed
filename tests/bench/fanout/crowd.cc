#include "tests/bench/fanout/crowd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "tests/bench/fanout/client_frame.h"

namespace ledgercast::bench {
namespace {

constexpr size_t kReadBytes = 256 << 10;
// Connections of one address. They use most of the 28,000 ports that an address has by default.
constexpr uint32_t kConnectionsAnAddress = 20'000;
constexpr uint32_t kFirstAddress = 0x7F000002;  // 127.0.0.2
constexpr int64_t kOpenSecondsMax = 120;

absl::Status Failed(const std::string& what) { return absl::ErrnoToStatus(errno, what); }

sockaddr_in AddressOf(uint32_t host, uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(host);
  address.sin_port = htons(port);
  return address;
}

int ConnectTo(int fd, uint16_t port) {
  const sockaddr_in to = AddressOf(INADDR_LOOPBACK, port);
  return connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to));
}

}  // namespace

int64_t NowNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

Crowd::~Crowd() {
  CloseAll();
  if (epoll_ >= 0) close(epoll_);
}

// --- opening ---

bool Crowd::Listens() const {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = ConnectTo(fd, options_.port) == 0;
  close(fd);
  return connected;
}

absl::Status Crowd::Open(size_t count) {
  if (epoll_ < 0) epoll_ = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) return Failed("epoll_create1");
  buffer_.resize(kReadBytes);
  while (clients_.size() < count) clients_.emplace_back().token = token_();
  const int64_t deadline = NowNs() + kOpenSecondsMax * 1'000'000'000;
  size_t next = 0;
  while (live_ < clients_.size()) {
    for (; next < clients_.size() && handshakes_ < options_.handshakes_max; ++next) {
      if (clients_[next].state != State::kClosed) continue;
      if (const absl::Status status = Connect(next); !status.ok()) return status;
    }
    if (const absl::Status status = Poll(/*wait_ms=*/10); !status.ok()) return status;
    if (NowNs() > deadline) {
      return absl::DeadlineExceededError("only " + std::to_string(live_) + " sockets got live");
    }
  }
  return absl::OkStatus();
}

absl::Status Crowd::Connect(size_t index) {
  Client& client = clients_[index];
  client.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (client.fd < 0) return Failed("socket");
  const int on = 1;
  setsockopt(client.fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
  setsockopt(client.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const sockaddr_in from =
      AddressOf(kFirstAddress + connected_before_++ / kConnectionsAnAddress, /*port=*/0);
  if (bind(client.fd, reinterpret_cast<const sockaddr*>(&from), sizeof(from)) != 0) {
    return Failed("bind");
  }
  if (ConnectTo(client.fd, options_.port) != 0 && errno != EINPROGRESS) return Failed("connect");
  client.state = State::kConnecting;
  ++handshakes_;
  epoll_event event{};
  event.events = EPOLLOUT;
  event.data.ptr = &client;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, client.fd, &event) != 0) return Failed("epoll_ctl");
  return absl::OkStatus();
}

absl::Status Crowd::OnConnected(Client* client) {
  int error = 0;
  socklen_t size = sizeof(error);
  getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return absl::ErrnoToStatus(error, "connect");
  const std::string request = UpgradeRequest(options_.path, client->token);
  if (send(client->fd, request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    return Failed("send");
  }
  client->state = State::kUpgrading;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = client;
  if (epoll_ctl(epoll_, EPOLL_CTL_MOD, client->fd, &event) != 0) return Failed("epoll_ctl");
  return absl::OkStatus();
}

absl::Status Crowd::OnUpgraded(Client* client, std::string_view* bytes) {
  const size_t end = bytes->find("\r\n\r\n");
  if (end == std::string_view::npos) return absl::OkStatus();
  if (!bytes->starts_with("HTTP/1.1 101")) {
    return absl::UnavailableError("not upgraded: " + std::string(bytes->substr(0, 200)));
  }
  bytes->remove_prefix(end + 4);
  client->state = State::kOpen;
  --handshakes_;
  if (!options_.is_edge) {
    client->reader.StartAfter(journal_->head());
    return absl::OkStatus();
  }
  const std::string& cursor = client->reader.cursor();
  const std::string watch = ClientFrame(R"({"state":"watch","data":{"after":")" +
                                        (cursor.empty() ? "now" : cursor) + R"("}})");
  if (send(client->fd, watch.data(), watch.size(), MSG_NOSIGNAL) < 0) return Failed("send");
  return absl::OkStatus();
}

bool Crowd::IsLive(const Client& client) const {
  return client.state == State::kOpen &&
         (!options_.is_edge || (client.reader.live() && client.reader.seen() == journal_->head()));
}

void Crowd::CloseAll() {
  for (Client& client : clients_) {
    if (client.fd >= 0) close(client.fd);
    client.fd = -1;
    client.state = State::kClosed;
    client.counted_live = false;
    client.rest.clear();
    client.reader.Reset();
  }
  live_ = 0;
  handshakes_ = 0;
}

// --- reading ---

absl::Status Crowd::Poll(int wait_ms) {
  std::array<epoll_event, 256> events;
  const int ready = epoll_wait(epoll_, events.data(), events.size(), wait_ms);
  for (int i = 0; i < ready; ++i) {
    auto* client = static_cast<Client*>(events[static_cast<size_t>(i)].data.ptr);
    const absl::Status status =
        client->state == State::kConnecting ? OnConnected(client) : OnReady(client);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Crowd::OnReady(Client* client) {
  const size_t before = client->rest.size();
  client->rest.copy(buffer_.data(), before);
  const ssize_t got = recv(client->fd, buffer_.data() + before, buffer_.size() - before, 0);
  if (got < 0 && errno == EAGAIN) return absl::OkStatus();
  if (got < 0) return Failed("recv");
  if (got == 0) return absl::UnavailableError("the server ended a connection");
  return OnBytes(client, {buffer_.data(), before + static_cast<size_t>(got)});
}

absl::Status Crowd::OnBytes(Client* client, std::string_view bytes) {
  if (client->state == State::kUpgrading) {
    if (const absl::Status status = OnUpgraded(client, &bytes); !status.ok()) return status;
  }
  if (client->state == State::kOpen) {
    const int64_t before = client->reader.seen();
    size_t taken = 0;
    switch (client->reader.Take(*journal_, bytes, &taken)) {
      case FrameReader::Event::kFailed:
        return absl::DataLossError(client->reader.error());
      case FrameReader::Event::kPing:
        send(client->fd, kPong.data(), kPong.size(), MSG_NOSIGNAL);
        break;
      case FrameReader::Event::kNone:
        break;
    }
    bytes.remove_prefix(taken);
    if (before < client->reader.seen()) OnSeen(*client, before);
    if (!client->counted_live && IsLive(*client)) {
      client->counted_live = true;
      ++live_;
    }
  }
  client->rest = bytes;
  return absl::OkStatus();
}

void Crowd::OnSeen(const Client& client, int64_t before) {
  const int64_t seen = client.reader.seen();
  // Transactions that came before the socket was counted as live are no deliveries.
  if (!client.counted_live) return;
  deliveries_ += seen - before;
  if (notes_latency_) {
    const int64_t now = NowNs();
    for (int64_t one = before + 1; one <= seen; ++one) {
      latency_ms_.push_back(static_cast<double>(now - journal_->PublishedAt(one)) / 1e6);
    }
  }
  if (batch_ == 0) return;
  const int64_t newest = (seen - batches_from_) / batch_;
  for (int64_t one = (before - batches_from_) / batch_; one < newest; ++one) {
    const auto place = static_cast<size_t>(one - whole_batches_);
    if (reached_.size() <= place) reached_.resize(place + 1);
    ++reached_[place];
  }
  while (!reached_.empty() && reached_.front() == clients_.size()) {
    reached_.pop_front();
    ++whole_batches_;
  }
}

void Crowd::StartBatches(int64_t batch) {
  batch_ = batch;
  batches_from_ = journal_->head();
  whole_batches_ = 0;
  reached_.clear();
}

}  // namespace ledgercast::bench
