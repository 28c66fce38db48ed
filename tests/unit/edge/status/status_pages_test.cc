#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "edge/status/status_scan.h"
#include "tests/support/edge_status_fixture.h"

namespace ledgercast::testing {
namespace {

using Json = nlohmann::json;
using Ids = std::vector<std::string>;

TEST_F(StatusTest, ByBehindComesWhoeverIsFurthestBehindFirst) {
  PostAndRelay(6);
  Open("idle", "user1");
  for (const int at : {4, 2, 5}) StartWatch("at " + std::to_string(at), "admin", CursorAt(at));
  Settle();
  StartWatch("unread", "admin", CursorAt(3));
  shard_.RunAll();
  const std::vector<Json> clients = AllPages("orderBy=behind&pageSize=2");
  EXPECT_EQ(Get(clients, "cursor"), (Ids{CursorAt(3), CursorAt(6), CursorAt(6), CursorAt(6), ""}));
}

TEST_F(StatusTest, PagesHaveEverybodyOnce) {
  PostAndRelay(3);
  for (int i = 0; i < 23; ++i) {
    clock_.now += absl::Milliseconds(300);
    StartWatch("socket " + std::to_string(i), i % 2 == 0 ? "admin" : "user1", CursorAt(i % 4));
  }
  std::array<FakeResponder::Answer, 5> polls;
  for (auto& poll : polls) Request("/v1/poll", "after=now", "user2", &poll);
  for (const char* order : {"connect_time", "behind"}) {
    for (const int size : {1, 4, 27, 28, 1'000'000}) {
      const auto clients =
          AllPages("orderBy=" + std::string(order) + "&pageSize=" + std::to_string(size));
      const Ids ids = Get(clients, "id");
      EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 28u) << order << size;
      EXPECT_EQ(ids.size(), 28u) << order << size;
      if (order == std::string("connect_time")) {
        const Ids times = Get(clients, "connectTime");
        EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
      }
    }
  }
}

TEST_F(StatusTest, ManyClientsAreLookedThroughInManyTurns) {
  constexpr int kClients = 4 * StatusScan::kTurnCost;
  for (int i = 0; i < kClients; ++i) Open(std::to_string(i), "");
  for (const char* query : {"orderBy=behind&subject=x", "pageSize=1000", "transport=poll"}) {
    FakeResponder::Answer answer;
    Request("/v1/status", query, "admin", &answer);
    int turns = 0;
    for (; !answer.response.has_value(); ++turns) shard_.RunOne();
    const bool looks = query != std::string("transport=poll");
    EXPECT_EQ(turns > kClients / StatusScan::kTurnCost, looks) << query << turns;
  }
}

TEST_F(StatusTest, WhoeverStaysIsFoundHoweverManyComeAndGoMeanwhile) {
  std::mt19937 random(1);
  std::set<std::string> open;
  int opened = 0;
  const auto come = [&] {
    const std::string name = std::to_string(opened++);
    Open(name, "user" + name);
    open.insert(name);
  };
  for (int i = 0; i < 2'000; ++i) come();
  shard_.RunAll();
  FakeResponder::Answer answer;
  Request("/v1/status", "pageSize=1000&orderBy=behind", "admin", &answer);
  std::set<std::string> stayed = open;
  while (!answer.response.has_value()) {
    for (int i = 0; i < 2 && open.size() > 500; ++i) {
      const auto leaving = std::next(open.begin(), static_cast<int>(random() % open.size()));
      Close(*leaving);
      stayed.erase(*leaving);
      open.erase(leaving);
    }
    come();
    shard_.RunOne();
  }
  ASSERT_EQ(answer.response->status, 200) << *answer.response->body;
  std::map<std::string, int> found;
  const Json body = Json::parse(*answer.response->body);
  for (const Json& client : body["clients"]) ++found[client["subject"]];
  EXPECT_EQ(found.size(), 1'000u);
  for (const auto& [subject, times] : found) EXPECT_EQ(times, 1) << subject;
  // Nobody watches, so the page is of those who came first.
  size_t first_stayed = 0;
  for (int i = 0; i < 1'000; ++i) {
    if (!stayed.contains(std::to_string(i))) continue;
    ++first_stayed;
    EXPECT_EQ(found.count("user" + std::to_string(i)), 1u) << i;
  }
  EXPECT_GT(first_stayed, 10u);
}

TEST_F(StatusTest, ManyRequestsAtOnceAreRefused) {
  std::array<FakeResponder::Answer, 6> answers;
  for (auto& answer : answers) Request("/v1/status", "", "admin", &answer);
  EXPECT_EQ(answers[5].response->status, 429);
  shard_.RunAll();
  EXPECT_EQ(answers[0].response->status, 200);
  EXPECT_EQ(Ask("").status, 200);
}

}  // namespace
}  // namespace ledgercast::testing
