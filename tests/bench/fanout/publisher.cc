#include "tests/bench/fanout/publisher.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

namespace ledgercast::bench {
namespace {

class EdgePublisher : public Publisher {
 public:
  explicit EdgePublisher(FakeService* service) : service_(service) {}
  bool ready() override { return service_->watched(); }
  absl::Status Publish(const Journal& /*journal*/,
                       std::vector<v1::Transaction> transactions) override {
    service_->Publish(std::move(transactions));
    return absl::OkStatus();
  }

 private:
  FakeService* const service_;
};

// A blocking connection that is made when it is first needed.
class Connection {
 public:
  explicit Connection(uint16_t port) : port_(port) {}
  ~Connection() { Close(); }

  bool Open() {
    if (fd_ >= 0) return true;
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(port_);
    if (connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0) {
      Close();
      return false;
    }
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return true;
  }

  absl::Status Send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) return absl::ErrnoToStatus(errno, "send to the publisher's port");
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return absl::OkStatus();
  }

  // Reads and drops everything that has arrived.
  void Discard() const {
    std::array<char, 64 << 10> bytes;
    while (recv(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) continue;
  }

 private:
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

  const uint16_t port_;
  int fd_ = -1;
};

class LinePublisher : public Publisher {
 public:
  explicit LinePublisher(uint16_t port) : connection_(port) {}
  bool ready() override { return connection_.Open(); }
  absl::Status Publish(const Journal& journal, std::vector<v1::Transaction> transactions) override {
    std::string lines;
    for (const v1::Transaction& one : transactions) lines += journal.TextOf(one) + '\n';
    return connection_.Send(lines);
  }

 private:
  Connection connection_;
};

class PostPublisher : public Publisher {
 public:
  PostPublisher(uint16_t port, std::string path) : connection_(port), path_(std::move(path)) {}
  bool ready() override { return connection_.Open(); }
  absl::Status Publish(const Journal& journal, std::vector<v1::Transaction> transactions) override {
    connection_.Discard();
    std::string requests;
    for (const v1::Transaction& one : transactions) {
      const std::string text = journal.TextOf(one);
      requests += "POST " + path_ +
                  " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(text.size()) +
                  "\r\n\r\n" + text;
    }
    return connection_.Send(requests);
  }

 private:
  Connection connection_;
  const std::string path_;
};

class TablePublisher : public Publisher {
 public:
  TablePublisher() : psql_(popen("psql -qX", "w")) {}
  ~TablePublisher() override {
    if (psql_ != nullptr) pclose(psql_);
  }
  bool ready() override { return psql_ != nullptr; }
  absl::Status Publish(const Journal& journal, std::vector<v1::Transaction> transactions) override {
    std::string copy = "COPY ledger FROM stdin;\n";
    for (const v1::Transaction& one : transactions) {
      copy += std::to_string(one.sequence()) + '\t' + journal.TextOf(one) + '\n';
    }
    copy += "\\.\n";
    if (std::fwrite(copy.data(), 1, copy.size(), psql_) != copy.size() || std::fflush(psql_) != 0) {
      return absl::UnavailableError("psql has ended");
    }
    return absl::OkStatus();
  }

 private:
  FILE* const psql_;
};

}  // namespace

std::unique_ptr<Publisher> MakeEdgePublisher(FakeService* service) {
  return std::make_unique<EdgePublisher>(service);
}

std::unique_ptr<Publisher> MakeLinePublisher(uint16_t port) {
  return std::make_unique<LinePublisher>(port);
}

std::unique_ptr<Publisher> MakePostPublisher(uint16_t port, std::string path) {
  return std::make_unique<PostPublisher>(port, std::move(path));
}

std::unique_ptr<Publisher> MakeTablePublisher() { return std::make_unique<TablePublisher>(); }

}  // namespace ledgercast::bench
