#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "edge/net/tcp.h"
#include "gtest/gtest.h"

namespace ledgercast {
namespace {

class TcpTest : public ::testing::Test {
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

using DiscardReceivedTest = TcpTest;
using WriteNowTest = TcpTest;

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

TEST_F(WriteNowTest, WritesTheHeadAndThenTheBody) {
  EXPECT_EQ(WriteNow(ends_[1], "head", "body"), 8);
  char text[16] = {};
  EXPECT_EQ(recv(ends_[0], text, sizeof(text), MSG_DONTWAIT), 8);
  EXPECT_STREQ(text, "headbody");
}

TEST_F(WriteNowTest, NeverWaitsForAPeerThatDoesNotRead) {
  const std::string body(8 << 20, 'x');
  const size_t written = WriteNow(ends_[1], "head", body);
  EXPECT_GT(written, 0);
  EXPECT_LT(written, body.size());
  EXPECT_EQ(WriteNow(ends_[1], "head", body), 0);
}

TEST_F(WriteNowTest, TakesNothingWhenThePeerIsGone) {
  close(std::exchange(ends_[0], -1));
  EXPECT_EQ(WriteNow(ends_[1], "head", "body"), 0) << "and no signal ends the process";
}

}  // namespace
}  // namespace ledgercast
