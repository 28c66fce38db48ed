// /v1/events and /v1/poll on their shard: how they begin, what they give, and how they end.

#include "edge/sessions/http_streams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/edge_client_fixture.h"

namespace ledgercast::testing {
namespace {

using Json = nlohmann::json;

class HttpStreamsTest : public ClientTest {
 protected:
  using Answer = FakeResponder::Answer;

  void Flush() override {
    for (const auto& answer : answers_) {
      answer->events.Flush();
      if (!answer->events.close_code.has_value() || answer->handler == nullptr) continue;
      // The transport ends what was closed.
      const auto handler = std::exchange(answer->handler, nullptr);
      handler->OnClose(static_cast<int>(*answer->events.close_code));
    }
  }

  Answer* Get(void (HttpStreams::*open)(const HttpRequest&, std::shared_ptr<HttpResponder>),
              const std::string& query, const std::string& token,
              const std::string& last_event_id = "") {
    HttpRequest request;
    request.query = query;
    request.authorization = "Bearer " + token;
    request.last_event_id = last_event_id;
    answers_.push_back(std::make_unique<Answer>());
    (streams_.*open)(request, std::make_shared<FakeResponder>(answers_.back().get()));
    Settle();
    return answers_.back().get();
  }
  Answer* Events(const std::string& query, const std::string& token, const std::string& id = "") {
    return Get(&HttpStreams::OpenEvents, query, token, id);
  }
  Answer* Poll(const std::string& query, const std::string& token) {
    return Get(&HttpStreams::OpenPoll, query, token);
  }

  void PostAndRelay(const std::string& from, const std::string& to) {
    Post(from, to);
    Relay();
    Settle();
  }

  static Json BodyOf(const Answer* answer) {
    if (!answer->response.has_value()) {
      ADD_FAILURE() << "no answer";
      return Json::object();
    }
    return Json::parse(*answer->response->body);
  }
  static std::vector<std::string> StatesOf(Answer* answer) {
    std::vector<std::string> states;
    for (const Json& frame : answer->events.Take()) states.push_back(frame["state"]);
    return states;
  }
  void ExpectRefused(const Answer* answer, int status, const std::string& why) {
    const Json body = BodyOf(answer);
    EXPECT_EQ(answer->response->status, status);
    EXPECT_EQ(body["error"]["reason"], why);
    ExpectNothingOpen();
  }
  void ExpectNothingOpen() {
    EXPECT_EQ(counts_.event_streams_open.value(), 0);
    EXPECT_EQ(counts_.polls_open.value(), 0);
    EXPECT_EQ(counts_.readers_live.value() + counts_.readers_behind.value(), 0);
  }

  HttpStreams streams_{{}, &context_};
  std::vector<std::unique_ptr<Answer>> answers_;
};

using States = std::vector<std::string>;

TEST_F(HttpStreamsTest, EventsBeginWithWatchingAndGoOnLive) {
  PostAndRelay("user1", "user2");
  Answer* const answer = Events("after=", Token("user1"));
  EXPECT_EQ(answer->response->content_type, "text/event-stream");
  EXPECT_EQ(StatesOf(answer), (States{"watching", "transactions"}));
  PostAndRelay("user3", "user4");
  PostAndRelay("user2", "user1");
  const std::vector<Json> frames = answer->events.Take();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0]["data"]["transactions"][0]["sequence"], "3");
  EXPECT_EQ(answer->events.wire.back()->cursor(), CursorAt(3));
}

TEST_F(HttpStreamsTest, LastEventIdGoesBeforeTheQuery) {
  PostAndRelay("user1", "user2");
  PostAndRelay("user1", "user2");
  Answer* const answer = Events("after=", Token("user1"), CursorAt(1));
  const std::vector<Json> frames = answer->events.Take();
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[1]["data"]["transactions"].size(), 1u);
  EXPECT_EQ(frames[1]["data"]["transactions"][0]["sequence"], "2");
}

TEST_F(HttpStreamsTest, EventsEndWithTheirTokenAfterAWarning) {
  Answer* const answer = Events("after=now", Token("user1"));
  Pass(absl::Minutes(14) + absl::Seconds(1));
  EXPECT_THAT(StatesOf(answer), ::testing::Contains("reauthenticate"));
  EXPECT_FALSE(answer->events.close_code.has_value());
  Pass(absl::Minutes(1));
  EXPECT_EQ(answer->events.close_code, CloseCode::kUnauthenticated);
  PostAndRelay("user1", "user2");
  EXPECT_EQ(StatesOf(answer), States());
  ExpectNothingOpen();
}

TEST_F(HttpStreamsTest, WhoeverIsRevokedIsEndedAndNotLetInAgain) {
  const std::string token = Token("user1");
  Answer* const events = Events("after=now", token);
  Answer* const poll = Poll("after=now", token);
  Answer* const other = Events("after=now", Token("user2"));
  revoked_ = revoked_->With("user1", 1);
  streams_.EndRevoked(*revoked_);
  Settle();
  EXPECT_EQ(events->events.close_code, CloseCode::kUnauthenticated);
  EXPECT_EQ(poll->response->status, 401);
  EXPECT_FALSE(other->events.close_code.has_value());
  other->handler->OnClose(1006);
  other->handler.reset();
  ExpectRefused(Events("", token), 401, "TOKEN_INVALID");
}

TEST_F(HttpStreamsTest, ASubjectMayHaveOnlySoMany) {
  std::vector<Answer*> open = {Events("after=now", Token("user1")),
                               Events("after=now", Token("user1")),
                               Poll("after=now", Token("user1"))};
  for (const bool events : {true, false}) {
    Answer* const refused =
        events ? Events("after=now", Token("user1")) : Poll("after=now", Token("user1"));
    EXPECT_EQ(refused->response->status, 429);
    EXPECT_EQ(BodyOf(refused)["error"]["reason"], "TOO_BUSY");
  }
  Answer* const other = Poll("after=now", Token("user2"));
  EXPECT_FALSE(other->response.has_value());
  open[2]->gone();
  EXPECT_FALSE(Poll("after=now", Token("user1"))->response.has_value());
}

TEST_F(HttpStreamsTest, WhoeverMayNotIsRefusedBeforeAnythingIsShown) {
  const std::string good = Token("user1");
  const std::string expired = Token("user1", Role::kMember, absl::Seconds(-1));
  for (const bool events : {true, false}) {
    const auto ask = [&](const std::string& query, const std::string& token) {
      return events ? Events(query, token) : Poll(query, token);
    };
    ExpectRefused(ask("", "rubbish"), 401, "TOKEN_INVALID");
    ExpectRefused(ask("", expired), 401, "TOKEN_EXPIRED");
    ExpectRefused(ask("accounts=user2", good), 403, "NOT_ALLOWED");
    ExpectRefused(ask("after=rubbish", good), 400, "INVALID_FIELD");
    ExpectRefused(ask("afters=", good), 400, "INVALID_FIELD");
  }
}

TEST_F(HttpStreamsTest, AnEdgeThatIsNotReadyInTimeAnswers503) {
  keys_.current = nullptr;
  Answer* const events = Events("", Token("user1"));
  Answer* const poll = Poll("", Token("user1"));
  EXPECT_FALSE(events->response.has_value());
  Pass(absl::Seconds(6));
  ExpectRefused(events, 503, "SERVICE_UNAVAILABLE");
  ExpectRefused(poll, 503, "SERVICE_UNAVAILABLE");
}

TEST_F(HttpStreamsTest, ACursorOfAnotherLedgerIsToldToStartAgain) {
  const std::string other = "fedcba9876543210.0123456789abcdef.1";
  Answer* const events = Events("after=" + other, Token("user1"));
  EXPECT_EQ(StatesOf(events), States{"resync"});
  EXPECT_EQ(events->events.close_code, CloseCode::kNormal);
  ExpectRefused(Poll("after=" + other, Token("user1")), 400, "CURSOR_UNKNOWN");
}

TEST_F(HttpStreamsTest, AHistoryThatIsReplacedIsToldToStartAgain) {
  PostAndRelay("user1", "user2");
  Answer* const events = Events("after=now", Token("user1"));
  Answer* const poll = Poll("after=now", Token("user1"));
  source_.Replace(
      std::make_shared<Feed>(LedgerMaker::kLedger, ledger_.head(), TransactionLog::Options()));
  hub_->OnGrowth();
  Settle();
  EXPECT_EQ(StatesOf(events).back(), "resync");
  EXPECT_EQ(events->events.close_code, CloseCode::kNormal);
  ExpectRefused(poll, 400, "CURSOR_UNKNOWN");
}

TEST_F(HttpStreamsTest, AClientThatLeavesIsForgotten) {
  keys_.current = nullptr;
  Answer* const unjudged = Events("", Token("user1"));
  unjudged->gone();
  keys_.current = VerifierOf({key_.jwk()});
  Answer* const poll = Poll("after=now", Token("user1"));
  poll->gone();
  Answer* const events = Events("after=now", Token("user1"));
  events->handler->OnClose(1006);
  events->handler.reset();
  ExpectNothingOpen();
  PostAndRelay("user1", "user2");
  EXPECT_FALSE(poll->response.has_value());
}

TEST_F(HttpStreamsTest, APollAnswersWithTheFirstTransactions) {
  Answer* const poll = Poll("after=now", Token("user1"));
  PostAndRelay("user3", "user4");
  EXPECT_FALSE(poll->response.has_value());
  PostAndRelay("user1", "user2");
  const Json body = BodyOf(poll);
  EXPECT_EQ(body["transactions"].size(), 1u);
  // What it was not told of counts, too: there was nothing for it.
  EXPECT_EQ(body["after"], CursorAt(0));
  EXPECT_EQ(body["cursor"], CursorAt(2));
  EXPECT_EQ(body["live"], true);
  ExpectNothingOpen();
}

TEST_F(HttpStreamsTest, APollSaysFromWhereItStandsWhenItWasCaughtUpWithNothing) {
  // Nothing for it between its cursor and the head, which is told as an empty frame.
  PostAndRelay("user3", "user4");
  Answer* const poll = Poll("after=" + CursorAt(0), Token("user1"));
  EXPECT_FALSE(poll->response.has_value());
  PostAndRelay("user1", "user2");
  EXPECT_EQ(BodyOf(poll)["after"], CursorAt(0));
  EXPECT_EQ(BodyOf(poll)["cursor"], CursorAt(2));
}

TEST_F(HttpStreamsTest, APollThatHasWaitedAnswersWithNothing) {
  Answer* const poll = Poll("after=now&wait=2", Token("user1"));
  PostAndRelay("user3", "user4");
  Pass(absl::Seconds(1));
  EXPECT_FALSE(poll->response.has_value());
  Pass(absl::Seconds(1));
  EXPECT_EQ(BodyOf(poll), Json({{"transactions", Json::array()},
                                {"after", CursorAt(0)},
                                {"cursor", CursorAt(1)},
                                {"live", true}}));
  EXPECT_EQ(poll->response->status, 200);
  ExpectNothingOpen();
}

TEST_F(HttpStreamsTest, APollWaitsNoLongerThanItsTokenIsGood) {
  Answer* const poll = Poll("after=now", Token("user1", Role::kMember, absl::Seconds(3)));
  Pass(absl::Seconds(3));
  EXPECT_EQ(BodyOf(poll)["transactions"], Json::array());
}

TEST_F(HttpStreamsTest, APollWhoseCursorNobodyCanJudgeAnswers503) {
  for (int i = 0; i < 5; ++i) Post("user1", "user2");
  Build({10, 1 << 20, 5});  // The ring begins at the head.
  context_.hub = hub_.get();
  history_.failure = absl::UnavailableError("away");
  Answer* const poll = Poll("after=" + CursorAt(1) + "&wait=0", Token("user1"));
  Pass(absl::Seconds(1));
  EXPECT_FALSE(poll->response.has_value());
  Pass(absl::Seconds(5));
  ExpectRefused(poll, 503, "SERVICE_UNAVAILABLE");
}

TEST_F(HttpStreamsTest, ADrainSendsEverybodyAwayWithTheirCursor) {
  PostAndRelay("user1", "user2");
  Answer* const events = Events("after=now", Token("user1"));
  Answer* const poll = Poll("after=now", Token("user1"));
  keys_.current = nullptr;
  Answer* const unjudged = Poll("after=now", Token("user1"));
  streams_.Drain([](const auto& go_away) { go_away(absl::Milliseconds(700)); });
  Settle();
  const Json frame = events->events.Take().back();
  EXPECT_EQ(frame["state"], "goingAway");
  EXPECT_EQ(frame["data"]["reconnectAfterMs"], "700");
  EXPECT_EQ(frame["data"]["cursor"], CursorAt(1));
  EXPECT_EQ(events->events.close_code, CloseCode::kGoingAway);
  EXPECT_EQ(BodyOf(poll)["cursor"], CursorAt(1));
  ExpectRefused(unjudged, 503, "SHUTTING_DOWN");
}

TEST_F(HttpStreamsTest, WhoeverComesDuringADrainIsRefused) {
  streams_.Drain([](const auto& go_away) { go_away(absl::Milliseconds(700)); });
  ExpectRefused(Poll("after=now", Token("user1")), 503, "SHUTTING_DOWN");
  ExpectRefused(Events("after=now", Token("user1")), 503, "SHUTTING_DOWN");
}

}  // namespace
}  // namespace ledgercast::testing
