#ifndef TESTS_SUPPORT_EDGE_STATUS_FIXTURE_H_
#define TESTS_SUPPORT_EDGE_STATUS_FIXTURE_H_

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "edge/edge_shard.h"
#include "edge/http/static_files.h"
#include "tests/support/edge_client_fixture.h"

namespace ledgercast::testing {

// Holds two shards of one edge, with the clients that are connected to them.
class StatusTest : public ClientTest {
 protected:
  struct Member {
    FakeSocket socket;
    std::shared_ptr<SocketHandler> handler;
  };

  StatusTest() {
    // The default limits are high enough for all clients of these tests.
    admission_for_all_ = std::make_unique<Admission>(Admission::Options(), clock_.AsClock());
    const EdgeShard::Dependencies deps{.feed_source = &source_,
                                       .history = &history_,
                                       .keys = &keys_,
                                       .revoked = [this] { return revoked_; },
                                       .service = &service_,
                                       .admission = admission_for_all_.get(),
                                       .client_ids = &client_ids_,
                                       .status_collector = &board_,
                                       .http_api = &api_,
                                       .make_frame = &MakeTextFrame,
                                       .clocks = {clock_.AsClock(), clock_.AsClock()}};
    for (auto& shard : edge_shards_) {
      shard = std::make_unique<EdgeShard>(
          EdgeShard::Options(), deps, &shard_, [] { return 0.5; }, &counts_);
      shard->OnGrowth();
    }
    shard_.RunAll();
  }

  void Flush() override {
    for (const auto& [name, member] : members_) member->socket.Flush();
    for (auto& shard : edge_shards_) shard->OnTick(clock_.now);
  }

  void PostAndRelay(int transactions) {
    for (int i = 0; i < transactions; ++i) Post("user1", "user2");
    Relay();
    for (auto& shard : edge_shards_) shard->OnGrowth();
    Settle();
  }

  // Opens a socket, without a token if `subject` is "". The sockets alternate between the shards.
  Member* Open(const std::string& name, const std::string& subject) {
    members_[name] = std::make_unique<Member>();
    Member* const member = members_[name].get();
    EdgeShard& shard = *edge_shards_[members_.size() % edge_shards_.size()];
    member->handler =
        shard.OnOpen(&member->socket, {subject.empty() ? "" : Token(subject, RoleOf(subject))});
    return member;
  }
  Member* StartWatch(const std::string& name, const std::string& subject,
                     const std::string& after) {
    Member* const member = Open(name, subject);
    member->handler->OnMessage(
        nlohmann::json{{"state", "watch"}, {"data", {{"after", after}}}}.dump());
    return member;
  }
  void Close(const std::string& name) {
    members_[name]->handler->OnClose(1006);
    members_[name]->handler.reset();
  }

  void Request(const std::string& path, const std::string& query, const std::string& subject,
               FakeResponder::Answer* answer) {
    HttpRequest request;
    request.method = "GET";
    request.path = path;
    request.query = query;
    if (!subject.empty()) request.authorization = "Bearer " + Token(subject, RoleOf(subject));
    edge_shards_[0]->OnHttp(request, std::make_shared<FakeResponder>(answer));
  }

  HttpResponse Ask(const std::string& query, const std::string& subject = "admin") {
    FakeResponder::Answer answer;
    Request("/v1/status", query, subject, &answer);
    shard_.RunAll();
    EXPECT_TRUE(answer.response.has_value()) << "no answer";
    return answer.response.value_or(HttpResponse());
  }
  nlohmann::json Status(const std::string& query) {
    const HttpResponse response = Ask(query);
    EXPECT_EQ(response.status, 200) << *response.body;
    return nlohmann::json::parse(*response.body);
  }
  void ExpectError(const HttpResponse& response, int status, const std::string& why) {
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(nlohmann::json::parse(*response.body)["error"]["reason"], why);
  }

  // Returns the clients of all pages.
  std::vector<nlohmann::json> AllPages(const std::string& query) {
    std::vector<nlohmann::json> clients;
    for (std::string token; clients.size() < 10'000;) {
      const nlohmann::json page = Status(query + "&pageToken=" + token);
      clients.insert(clients.end(), page["clients"].begin(), page["clients"].end());
      token = page["nextPageToken"];
      if (token.empty()) break;
    }
    return clients;
  }
  static std::vector<std::string> Get(const std::vector<nlohmann::json>& clients,
                                      const std::string& field) {
    std::vector<std::string> values;
    for (const nlohmann::json& client : clients) values.push_back(client[field]);
    return values;
  }

  static Role RoleOf(const std::string& subject) {
    return subject == "admin" ? Role::kAdmin : Role::kMember;
  }

  std::unique_ptr<Admission> admission_for_all_;
  StatusCollector board_{[this] {
    v1::EdgeStatus edge;
    edge.set_sockets(counts_.sockets_open.value());
    return edge;
  }};
  StaticFiles files_;
  HttpApi api_{{}, &service_, &files_};
  std::array<std::unique_ptr<EdgeShard>, 2> edge_shards_;
  std::map<std::string, std::unique_ptr<Member>> members_;
};

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_EDGE_STATUS_FIXTURE_H_
