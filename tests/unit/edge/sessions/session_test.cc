// What a session answers to the frames of a client that is authenticated.

#include "edge/sessions/session.h"

#include <gtest/gtest.h>

#include "tests/support/edge_session_fixture.h"

namespace ledgercast::testing {
namespace {

using Json = nlohmann::json;

TEST_F(SessionTest, WatchFromTheBeginningGivesBalancesHeadAndRows) {
  Post("user1", "user2");
  Post("user2", "user3");
  Post("user2", "user1");
  Relay();
  OpenAs("user1");
  Send({{"state", "watch"}, {"data", {{"after", CursorAt(1)}}}, {"id", "w"}});
  const Json watching = Take("watching");
  EXPECT_EQ(watching["id"], "w");
  EXPECT_EQ(watching["data"]["after"], CursorAt(1));
  EXPECT_EQ(watching["data"]["head"], CursorAt(3));
  EXPECT_EQ(watching["data"]["balances"], Json({{"user1", "-1"}}));
  const Json rows = Take("transactions");
  EXPECT_EQ(rows["data"]["after"], CursorAt(1));
  EXPECT_EQ(rows["data"]["cursor"], CursorAt(3));
  EXPECT_EQ(rows["data"]["live"], true);
  ASSERT_EQ(rows["data"]["transactions"].size(), 1u);
  EXPECT_EQ(rows["data"]["transactions"][0]["sequence"], "3");
  EXPECT_EQ(rows["data"]["transactions"][0]["toBalance"], "0");
  EXPECT_FALSE(rows["data"]["transactions"][0].contains("fromBalance"));
}

TEST_F(SessionTest, WatchNowBeginsAtTheHead) {
  Post("user1", "user2");
  Relay();
  OpenAs("user1");
  Send({{"state", "watch"}, {"data", {{"after", "now"}}}});
  EXPECT_EQ(Take("watching")["data"]["after"], CursorAt(1));
  EXPECT_TRUE(Take("transactions")["data"]["transactions"].empty());
}

TEST_F(SessionTest, ASecondWatchReplacesTheFirst) {
  OpenAs("boss", Role::kAdmin);
  Send({{"state", "watch"}, {"data", {{"after", "now"}}}});
  Send({{"state", "watch"}, {"data", {{"after", "now"}, {"accounts", {"user1"}}}}});
  for (const char* state : {"watching", "transactions", "watching", "transactions"}) Take(state);
  Post("user2", "user3");
  Post("user1", "user3");
  Relay();
  Settle();
  const Json rows = Take("transactions");
  ASSERT_EQ(rows["data"]["transactions"].size(), 1u);
  EXPECT_EQ(rows["data"]["transactions"][0]["fromAccount"], "user1");
  EXPECT_TRUE(socket_.frames.empty());
}

TEST_F(SessionTest, UnwatchEndsTheRows) {
  OpenAs("user1");
  Send({{"state", "watch"}, {"data", {{"after", "now"}}}});
  Send({{"state", "unwatch"}, {"id", "u"}});
  Take("watching");
  Take("transactions");
  EXPECT_EQ(Take("unwatched")["id"], "u");
  Post("user1", "user2");
  Relay();
  Settle();
  EXPECT_TRUE(socket_.frames.empty());
}

TEST_F(SessionTest, AMemberIsRefusedAnothersAccountAndKeepsItsWatch) {
  OpenAs("user1");
  Send({{"state", "watch"}, {"data", {{"after", "now"}}}});
  Take("watching");
  Take("transactions");
  Send({{"state", "watch"}, {"data", {{"accounts", {"user1", "user2"}}}}, {"id", "w"}});
  ExpectError("PERMISSION_DENIED", "NOT_ALLOWED", "w");
  EXPECT_FALSE(socket_.close_code.has_value());
  Post("user1", "user2");
  Relay();
  Settle();
  Take("transactions");
}

TEST_F(SessionTest, AMalformedCursorIsRefusedAndTheSocketStays) {
  OpenAs("user1");
  Send({{"state", "watch"}, {"data", {{"after", "yesterday"}}}, {"id", "w"}});
  ExpectError("INVALID_ARGUMENT", "INVALID_FIELD", "w");
  EXPECT_FALSE(socket_.close_code.has_value());
}

TEST_F(SessionTest, CursorsThatAreOfNoUseAreToldToStartAgain) {
  for (int i = 0; i < 3; ++i) Post("user1", "user2");
  Relay();
  OpenAs("user1");
  Position rewound = ledger_.PositionAt(2);
  rewound.check ^= 1;
  for (const std::string& cursor : {FormatCursor("fedcba9876543210", ledger_.PositionAt(2)),
                                    FormatCursor(LedgerMaker::kLedger, rewound),
                                    FormatCursor(LedgerMaker::kLedger, {1'000'000, 1})}) {
    Send({{"state", "watch"}, {"data", {{"after", cursor}}}, {"id", "w"}});
    const Json resync = Take("resync");
    EXPECT_EQ(resync["id"], "w");
    EXPECT_EQ(resync["data"]["reason"], "CURSOR_UNKNOWN");
    EXPECT_EQ(resync["data"]["head"], CursorAt(3));
    EXPECT_TRUE(socket_.frames.empty());
  }
  Send({{"state", "watch"}, {"data", {{"after", ""}}}});
  Take("watching");
  EXPECT_EQ(Take("transactions")["data"]["transactions"].size(), 3u);
}

TEST_F(SessionTest, ABinaryMessageClosesWith1003) {
  OpenAs("user1");
  session_->OnBinary(R"({"state":"ping"})");
  Settle();
  EXPECT_TRUE(socket_.frames.empty());
  EXPECT_EQ(socket_.close_code, CloseCode::kUnsupportedData);
}

TEST_F(SessionTest, MalformedFramesAreToldWhyAndClosedWith4400) {
  for (const std::string& text : std::vector<std::string>{
           "{", "[]", R"({"state":"dance","id":"x"})", R"({"state":"watch","data":{"after":1}})",
           R"({"state":"watch","data":[]})", R"({"state":"watch","data":{"account":"user1"}})",
           R"({"state":"createTransaction","data":{"amount":"much"}})"}) {
    socket_ = FakeSocket();
    OpenAs("user1");
    SendText(text);
    const Json frame = Take("error");
    EXPECT_EQ(frame["error"]["code"], "INVALID_ARGUMENT") << text;
    EXPECT_EQ(socket_.close_code, CloseCode::kMalformed) << text;
  }
}

TEST_F(SessionTest, PingEchoesWhateverItBrings) {
  OpenAs("user1");
  Send({{"state", "ping"}, {"data", {1, "two", {{"three", 4}}}}, {"id", 1.5}});
  EXPECT_EQ(Take("pong"),
            Json({{"state", "pong"}, {"data", {1, "two", {{"three", 4}}}}, {"id", 1.5}}));
  Send({{"state", "ping"}});
  EXPECT_EQ(Take("pong"), Json({{"state", "pong"}, {"data", Json::object()}}));
}

TEST_F(SessionTest, AckIsCountedAndNotAnswered) {
  OpenAs("user1");
  Send({{"state", "ack"}, {"data", {{"cursor", CursorAt(0)}}}});
  EXPECT_TRUE(socket_.frames.empty());
  EXPECT_EQ(counts_.acks.value(), 1);
}

TEST_F(SessionTest, ATransferIsForwardedWithTheMembersOwnToken) {
  const std::string token = Token("user1");
  Open(token);
  Take("authenticated");
  service_.created->transaction.set_sequence(9);
  Send({{"state", "createTransaction"},
        {"data", {{"fromAccount", "user1"}, {"toAccount", "user2"}, {"amount", "5"}}},
        {"id", "c"}});
  const Json frame = Take("transactionCreated");
  EXPECT_EQ(frame["id"], "c");
  EXPECT_EQ(frame["data"]["transaction"]["sequence"], "9");
  EXPECT_EQ(service_.token, token);
  EXPECT_EQ(service_.create.amount(), 5);
}

TEST_F(SessionTest, ARefusedTransferIsAnErrorAndTheSocketStays) {
  OpenAs("user1");
  service_.created =
      MakeError(absl::StatusCode::kFailedPrecondition, reason::kInsufficientFunds, "too little");
  Send({{"state", "createTransaction"}, {"data", Json::object()}, {"id", "c"}});
  ExpectError("FAILED_PRECONDITION", "INSUFFICIENT_FUNDS", "c");
  EXPECT_FALSE(socket_.close_code.has_value());
}

TEST_F(SessionTest, OnlySoManyCallsAreUnderWay) {
  OpenAs("user1");
  for (int i = 0; i < 17; ++i) session_->OnMessage(R"({"state":"getAccount","id":"g"})");
  socket_.Flush();
  ExpectError("RESOURCE_EXHAUSTED", "TOO_BUSY", "g");
  Settle();
  for (int i = 0; i < 16; ++i) Take("account");
  Send({{"state", "listTransactions"}});
  Take("transactionList");
}

TEST_F(SessionTest, AClientThatAsksWithoutReadingIsClosed) {
  OpenAs("user1");
  socket_.unread_bytes = 1 << 20;
  Send({{"state", "ping"}});
  EXPECT_EQ(socket_.close_code, CloseCode::kTooMany);
}

TEST_F(SessionTest, GoingAwaySaysWhenAndWhereToComeBack) {
  Post("user1", "user2");
  Relay();
  OpenAs("user1");
  Send({{"state", "watch"}, {"data", {{"after", ""}}}});
  Take("watching");
  Take("transactions");
  session_->GoAway(absl::Milliseconds(250));
  EXPECT_EQ(socket_.close_code, CloseCode::kGoingAway);
  socket_.Flush();
  const Json frame = Take("goingAway");
  EXPECT_EQ(frame["data"]["reconnectAfterMs"], "250");
  EXPECT_EQ(frame["data"]["cursor"], CursorAt(1));
}

TEST_F(SessionTest, FramesOfAnyKindThatComeTooFastCloseIt) {
  context_.options.frames = FramesLimit(10);
  OpenAs("user1");
  for (int i = 0; i < 48; ++i) session_->OnControlFrame();
  for (int i = 0; i < 2; ++i) Send({{"state", "ping"}});
  clock_.now += absl::Milliseconds(100);
  Send({{"state", "ping"}});
  for (int i = 0; i < 3; ++i) Take("pong");
  EXPECT_FALSE(socket_.close_code.has_value());
  session_->OnControlFrame();
  socket_.Flush();
  ExpectError("RESOURCE_EXHAUSTED", "TOO_BUSY");
  EXPECT_EQ(socket_.close_code, CloseCode::kTooMany);
  EXPECT_EQ(socket_.close_reason, "too many frames a second");
  clock_.now += absl::Hours(1);
  Send({{"state", "ping"}});
  EXPECT_TRUE(socket_.frames.empty());
}

TEST_F(SessionTest, GoingAwayBeforeTheWatchHasBegunNamesWhereItWasToBegin) {
  for (int i = 0; i < 3; ++i) Post("user1", "user2");
  OpenAs("user1");
  // The ring holds none of these, so the service is to be asked.
  const std::string start = CursorAt(2);
  session_->OnMessage(Json{{"state", "watch"}, {"data", {{"after", start}}}}.dump());
  session_->GoAway(absl::Milliseconds(250));
  socket_.Flush();
  EXPECT_EQ(Take("goingAway")["data"]["cursor"], start);
}

TEST_F(SessionTest, AnswersForAClosedSocketComeToNothing) {
  OpenAs("user1");
  session_->OnMessage(R"({"state":"getAccount"})");
  session_->OnMessage(R"({"state":"watch","data":{"after":""}})");
  session_->OnClose(1006);
  session_.reset();
  Settle();
  EXPECT_TRUE(socket_.frames.empty());
  EXPECT_EQ(counts_.sockets_open.value(), 0);
}

}  // namespace
}  // namespace ledgercast::testing
