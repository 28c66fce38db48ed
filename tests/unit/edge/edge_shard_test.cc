// What a shard does at its end: those who come too late are told, and what is left touches nobody.

#include <gtest/gtest.h>

#include "tests/support/edge_status_fixture.h"

namespace ledgercast::testing {
namespace {

class EdgeShardTest : public StatusTest {
 protected:
  EdgeShard& shard() { return *edge_shards_[0]; }

  // Lets the timers run that send clients away.
  void PassDrainWindow() {
    clock_.now += EdgeShard::Options().drain_window;
    Flush();
    shard_.RunAll();
  }
};

TEST_F(EdgeShardTest, ASocketThatWasOpenedInTheMomentOfDrainingIsSentAwayToo) {
  shard().Drain();
  FakeSocket socket;
  // Its upgrade had been agreed to.
  const auto handler = shard().OnOpen(&socket, {Token("user1")});
  shard_.RunAll();
  PassDrainWindow();
  EXPECT_EQ(socket.close_code, CloseCode::kGoingAway);
  socket.Flush();
  ASSERT_FALSE(socket.frames.empty());
  EXPECT_EQ(socket.frames.back()["state"], "goingAway");
  handler->OnClose(1001);
}

TEST_F(EdgeShardTest, AfterTheEndNothingReachesAPollThatWaited) {
  for (int i = 0; i < 3; ++i) Post("user1", "user2");
  Relay();
  for (auto& one : edge_shards_) one->OnGrowth();
  FakeResponder::Answer answer;
  Request("/v1/poll", "after=now&wait=20", "user1", &answer);
  shard_.RunAll();
  shard().OnStop();
  Post("user1", "user2");
  Relay();
  shard().OnGrowth();
  shard_.RunAll();
  EXPECT_FALSE(answer.response.has_value());
}

TEST_F(EdgeShardTest, AStatusRequestOfAShardThatStoppedIsHeldByNoOther) {
  FakeResponder::Answer answer;
  Request("/v1/status", "", "admin", &answer);
  // Judged, and on its way to both shards; then the one that was asked stops.
  ASSERT_FALSE(shard_.tasks.empty());
  shard().OnStop();
  EXPECT_TRUE(*answer.is_gone) << "somebody else keeps the responder";
  shard_.RunAll();
  EXPECT_FALSE(answer.response.has_value());
}

TEST_F(EdgeShardTest, ARequestThatComesAfterTheEndIsNotKept) {
  shard().OnStop();
  FakeResponder::Answer answer;
  Request("/v1/transactions", "", "user1", &answer);
  EXPECT_TRUE(*answer.is_gone);
}

TEST_F(EdgeShardTest, AnAnswerOfTheServiceThatComesTooLateIsDropped) {
  FakeResponder::Answer answer;
  Request("/v1/transactions", "", "user1", &answer);
  shard().OnStop();
  EXPECT_TRUE(*answer.is_gone);
  service_.AnswerAll();
  shard_.RunAll();
  EXPECT_FALSE(answer.response.has_value());
}

}  // namespace
}  // namespace ledgercast::testing
