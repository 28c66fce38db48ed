// What a session makes of frames that come too fast, overtake each other or have unusual ids.

#include <gtest/gtest.h>

#include "edge/sessions/session.h"
#include "tests/support/edge_session_fixture.h"

namespace ledgercast::testing {
namespace {

TEST_F(SessionTest, AWatchThatIsOvertakenIsAnsweredAsWell) {
  for (int i = 0; i < 20; ++i) Post("user1", "user2");
  Build({5, 1 << 20, 5});
  context_.hub = hub_.get();
  OpenAs("user1");
  // The service does not answer in between.
  session_->OnMessage(R"({"state":"watch","data":{"after":""},"id":"first"})");
  shard_.RunAll();
  session_->OnMessage(R"({"state":"watch","data":{"after":""},"id":"second"})");
  shard_.RunAll();
  session_->OnMessage(R"({"state":"unwatch","id":"third"})");
  session_->OnMessage(R"({"state":"watch","data":{"after":"now"},"id":"fourth"})");
  Settle();
  for (const char* id : {"first", "second", "third"}) EXPECT_EQ(Take("unwatched")["id"], id);
  EXPECT_EQ(Take("watching")["id"], "fourth");
  Take("transactions");
  EXPECT_TRUE(socket_.frames.empty());
}

TEST_F(SessionTest, WatchesThatComeTooFastAreRefusedAndTheOneBeforeGoesOn) {
  context_.options.watches = TokenBucket::Limit::Of(1, 2);
  OpenAs("user1");
  for (int i = 0; i < 2; ++i) {
    Send({{"state", "watch"}, {"data", {{"after", "now"}}}});
    Take("watching");
    Take("transactions");
  }
  session_->OnMessage(R"({"state":"watch","data":{"after":""},"id":"w"})");
  socket_.Flush();
  ExpectError("RESOURCE_EXHAUSTED", "TOO_BUSY", "w");
  Post("user1", "user2");
  Relay();
  Settle();
  Take("transactions");
  Pass(absl::Seconds(1));
  Send({{"state", "watch"}, {"data", {{"after", "now"}}}});
  Take("watching");
}

TEST_F(SessionTest, IdsComeBackAsTheyCame) {
  OpenAs("user1");
  for (const std::string id :
       {"1e2", "123456789012345678901234567890", "-0", "1.50", R"("a\u0062 \" {[,:]}")", "\"\""}) {
    session_->OnMessage(R"({"state":"ping","data":{"id":1,"x":[{"id":2}]} , "id" : )" + id + " }");
    socket_.Flush();
    ASSERT_FALSE(socket_.wire.empty());
    EXPECT_EQ(std::string(socket_.wire.back()->text()),
              R"({"state":"pong","data":{"id":1,"x":[{"id":2}]},"id":)" + id + "}");
  }
}

TEST_F(SessionTest, AnIdThatIsTooLongIsMalformed) {
  OpenAs("user1");
  const std::string fits(254, 'x');
  Send({{"state", "ping"}, {"id", fits}});
  EXPECT_EQ(Take("pong")["id"], fits);
  Send({{"state", "ping"}, {"id", fits + "x"}});
  ExpectError("INVALID_ARGUMENT", "INVALID_FIELD");
  EXPECT_EQ(socket_.close_code, CloseCode::kMalformed);
}

TEST_F(SessionTest, AnAckOfAnOlderCursorIsNotMeasured) {
  for (int i = 0; i < 3; ++i) Post("user1", "user2");
  Relay();
  OpenAs("user1");
  const auto measured = [this] {
    int64_t count = 0;
    for (size_t i = 0; i < OwnedHistogram::kBuckets; ++i) count += counts_.commit_to_ack.count(i);
    return count;
  };
  for (const int64_t sequence : {2, 1, 2, 3}) {
    Send({{"state", "ack"}, {"data", {{"cursor", CursorAt(sequence)}}}});
  }
  EXPECT_EQ(measured(), 2);
}

// Whether whoever asked has called off by now.
bool IsOff(CallOff* call_off) {
  bool is_off = false;
  call_off->SetCancel([&is_off] { is_off = true; });
  call_off->SetCancel([] {});
  return is_off;
}

TEST_F(SessionTest, WhatOnlyReadsIsCalledOffWithItsSocketAndWhatPostsIsNot) {
  OpenAs("user1");
  session_->OnMessage(R"({"state":"digest","data":{}})");
  const auto digest = service_.call_off;
  ASSERT_NE(digest, nullptr);
  EXPECT_FALSE(IsOff(digest.get()));
  session_->OnMessage(R"({"state":"createTransaction","data":{}})");
  EXPECT_EQ(service_.call_off, nullptr);
  session_->OnClose(1006);
  EXPECT_TRUE(IsOff(digest.get()));
  service_.AnswerAll();
  Settle();
  EXPECT_TRUE(socket_.frames.empty());
}

}  // namespace
}  // namespace ledgercast::testing
