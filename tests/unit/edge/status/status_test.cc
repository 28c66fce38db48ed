#include <gtest/gtest.h>

#include "tests/support/edge_status_fixture.h"

namespace ledgercast::testing {
namespace {

using Json = nlohmann::json;
using Ids = std::vector<std::string>;

TEST_F(StatusTest, IsForAdminsOnly) {
  ExpectError(Ask("", "user1"), 403, "NOT_ALLOWED");
  ExpectError(Ask("", ""), 401, "TOKEN_MISSING");
  keys_.current = VerifierOf({other_key_.jwk()});
  ExpectError(Ask("", "admin"), 401, "TOKEN_INVALID");
}

TEST_F(StatusTest, TellsWhereEachClientStands) {
  PostAndRelay(3);
  Open("silent", "");
  Open("idle", "user1");
  Member* const live = StartWatch("live", "user1", "now");
  Settle();
  live->handler->OnMessage(Json{{"state", "ack"}, {"data", {{"cursor", CursorAt(2)}}}}.dump());
  // It reads nothing.
  Member* const slow = StartWatch("slow", "admin", CursorAt(1));
  shard_.RunAll();
  slow->socket.unread_bytes = 9;
  const std::vector<Json> clients = Status("")["clients"];
  EXPECT_EQ(Get(clients, "state"), (Ids{"connected", "authenticated", "live", "catchingUp"}));
  EXPECT_EQ(Get(clients, "subject"), (Ids{"", "user1", "user1", "admin"}));
  EXPECT_EQ(Get(clients, "cursor"), (Ids{"", "", CursorAt(3), CursorAt(1)}));
  EXPECT_EQ(Get(clients, "acknowledged"), (Ids{"", "", CursorAt(2), ""}));
  EXPECT_EQ(Get(clients, "queuedBytes"), (Ids{"0", "0", "0", "9"}));
  EXPECT_EQ(Get(clients, "address"), Ids(4, "192.0.2.1:50000"));
  EXPECT_FALSE(clients[1].contains("behind"));
  EXPECT_EQ(clients[2]["behind"], "0");
  EXPECT_EQ(clients[3]["behind"], "2");
  EXPECT_EQ(clients[2]["accounts"], Json({"user1"}));
  EXPECT_EQ(clients[3]["watchesAll"], true);
  EXPECT_EQ(clients[3]["admin"], true);
  EXPECT_FALSE(clients[0].contains("expiresAt"));
  EXPECT_EQ(clients[1]["expiresAt"], "2023-11-14T22:28:20Z");
  EXPECT_EQ(clients[1]["connectTime"], "2023-11-14T22:13:20Z");
}

TEST_F(StatusTest, ThoseWhoReadByHttpAreThereUntilTheyLeave) {
  PostAndRelay(1);
  FakeResponder::Answer events;
  FakeResponder::Answer poll;
  Request("/v1/events", "after=now", "user1", &events);
  Request("/v1/poll", "after=now", "user2", &poll);
  shard_.RunAll();
  events.events.Flush();
  Settle();
  const std::vector<Json> clients = Status("")["clients"];
  EXPECT_EQ(Get(clients, "transport"), (Ids{"events", "poll"}));
  EXPECT_EQ(Get(clients, "subject"), (Ids{"user1", "user2"}));
  EXPECT_EQ(Get(clients, "state"), (Ids{"live", "live"}));
  EXPECT_EQ(Get(clients, "cursor"), (Ids{CursorAt(1), CursorAt(1)}));
  EXPECT_EQ(Get(clients, "address"), (Ids{"192.0.2.1:50000", "192.0.2.2:50000"}));
  events.handler->OnClose(1006);
  poll.gone();
  EXPECT_EQ(Status("")["clients"], Json::array());
}

TEST_F(StatusTest, ShowsOnlyWhoIsAskedFor) {
  Open("one", "user1");
  Open("two", "user2");
  FakeResponder::Answer poll;
  Request("/v1/poll", "after=now", "user2", &poll);
  Settle();
  EXPECT_EQ(Get(Status("subject=user2")["clients"], "transport"), (Ids{"socket", "poll"}));
  EXPECT_EQ(Get(Status("transport=poll")["clients"], "subject"), Ids{"user2"});
  EXPECT_EQ(Status("subject=nobody")["clients"], Json::array());
}

TEST_F(StatusTest, WhatCannotBeIsRefused) {
  for (const char* query :
       {"pageSize=-1", "orderBy=name", "transport=pigeon", "pageToken=x",
        "pageToken=connect_time.0.01", "orderBy=behind&pageToken=connect_time.0.1", "color=red"}) {
    ExpectError(Ask(query), 400, "INVALID_FIELD");
  }
  EXPECT_EQ(Ask("pageToken=connect_time.0.1").status, 200);
}

TEST_F(StatusTest, NoTokenIsInTheAnswer) {
  Open("one", "user1");
  EXPECT_EQ(Ask("").body->find(Token("user1")), std::string::npos);
}

}  // namespace
}  // namespace ledgercast::testing
