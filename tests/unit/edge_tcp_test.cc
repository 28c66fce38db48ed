#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "edge/tcp.h"
#include "gtest/gtest.h"

namespace ledgercast {
namespace {

class DiscardReceivedTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_), 0); }
  void TearDown() override {
    close(ends_[0]);
    close(ends_[1]);
  }
  void Write(size_t bytes) {
    const std::string text(bytes, 'x');
    ASSERT_EQ(write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(bytes));
  }

  int ends_[2] = {-1, -1};
  size_t budget_bytes_ = 1000;
};

TEST_F(DiscardReceivedTest, TakesWhatIsThereAndExpectsMore) {
  Write(400);
  EXPECT_TRUE(DiscardReceived(ends_[0], &budget_bytes_));
  EXPECT_EQ(budget_bytes_, 600);
  EXPECT_TRUE(DiscardReceived(ends_[0], &budget_bytes_)) << "nothing has come";
  EXPECT_EQ(budget_bytes_, 600);
}

TEST_F(DiscardReceivedTest, EndsWithThePeer) {
  Write(400);
  shutdown(ends_[1], SHUT_WR);
  EXPECT_FALSE(DiscardReceived(ends_[0], &budget_bytes_));
  EXPECT_EQ(budget_bytes_, 600);
}

TEST_F(DiscardReceivedTest, NeverTakesMoreThanTheBudget) {
  Write(1500);
  EXPECT_FALSE(DiscardReceived(ends_[0], &budget_bytes_));
  char rest[2000];
  EXPECT_EQ(recv(ends_[0], rest, sizeof(rest), MSG_DONTWAIT), 500);
}

TEST_F(DiscardReceivedTest, EndsWhenReadingFails) {
  EXPECT_FALSE(DiscardReceived(-1, &budget_bytes_));
}

}  // namespace
}  // namespace ledgercast
