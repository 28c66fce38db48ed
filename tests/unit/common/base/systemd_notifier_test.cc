#include "services/common/base/systemd_notifier.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <string>

namespace ledgercast {
namespace {

// Stands in for systemd: receives datagrams at a name of the abstract namespace.
class SystemdNotifierTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fd_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    // Without a name Linux chooses a free one of the abstract namespace.
    socklen_t length = offsetof(sockaddr_un, sun_path);
    ASSERT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address), length), 0);
    length = sizeof(address);
    ASSERT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length), 0);
    name_ = "@" + std::string(address.sun_path + 1, length - offsetof(sockaddr_un, sun_path) - 1);
  }

  void TearDown() override { close(fd_); }

  std::string Receive() const {
    std::array<char, 1024> buffer;
    const ssize_t size = recv(fd_, buffer.data(), buffer.size(), 0);
    return std::string(buffer.data(), static_cast<size_t>(size));
  }

  SystemdNotifier::Options Options() {
    return {name_, [this] { return ready_ ? absl::OkStatus() : not_ready_; },
            absl::Milliseconds(1)};
  }

  int fd_ = -1;
  std::string name_;
  std::atomic<bool> ready_ = false;
  const absl::Status not_ready_ = absl::UnavailableError("no database\nyet");
};

TEST_F(SystemdNotifierTest, SaysReadyOnceAndEveryChangeOfTheState) {
  auto notifier = SystemdNotifier::Start(Options());
  ASSERT_TRUE(notifier.ok()) << notifier.status();
  EXPECT_EQ(Receive(), "STATUS=not ready: no database yet");
  ready_ = true;
  EXPECT_EQ(Receive(), "READY=1\nSTATUS=ready");
  ready_ = false;
  EXPECT_EQ(Receive(), "STATUS=not ready: no database yet");
  ready_ = true;
  EXPECT_EQ(Receive(), "STATUS=ready");
  notifier->reset();
  EXPECT_EQ(Receive(), "STOPPING=1");
}

TEST_F(SystemdNotifierTest, RefusesANameThatIsNoSocket) {
  for (const std::string& name :
       {std::string("relative"), std::string("/"), "/" + std::string(200, 'x'), std::string("")}) {
    SystemdNotifier::Options options = Options();
    options.socket = name;
    EXPECT_EQ(SystemdNotifier::Start(options).status().code(), absl::StatusCode::kInvalidArgument)
        << name;
  }
}

TEST_F(SystemdNotifierTest, GoesOnWhenNobodyListens) {
  SystemdNotifier::Options options = Options();
  options.socket = "/nonexistent/socket";
  const auto notifier = SystemdNotifier::Start(options);
  EXPECT_TRUE(notifier.ok()) << notifier.status();
}

}  // namespace
}  // namespace ledgercast
