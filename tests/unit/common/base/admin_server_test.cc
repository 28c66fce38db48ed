#include "services/common/base/admin_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

using ::testing::HasSubstr;

class AdminServerTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<AdminServer>> Start(const std::string& listen) {
    return AdminServer::Start({listen, [this] { return ready_ ? absl::OkStatus() : not_ready_; },
                               [this] { return warnings_; }},
                              registry_);
  }

  static httplib::Result Get(const AdminServer& server, const char* path) {
    return httplib::Client("127.0.0.1", server.port()).Get(path);
  }

  std::vector<std::string> warnings_;
  std::atomic<bool> ready_ = true;
  absl::Status not_ready_ = absl::UnavailableError("no head yet");
  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
};

TEST_F(AdminServerTest, WarnsWhetherItIsReadyOrNot) {
  warnings_ = {"fsync is off", "a lock is not had"};
  const auto server = Start("127.0.0.1:0");
  ASSERT_TRUE(server.ok()) << server.status();
  const auto ready = Get(**server, "/readyz");
  EXPECT_EQ(ready->status, 200);
  EXPECT_EQ(ready->body, "ok\nwarning: fsync is off\nwarning: a lock is not had\n");
  ready_ = false;
  const auto not_ready = Get(**server, "/readyz");
  EXPECT_EQ(not_ready->status, 503);
  EXPECT_EQ(not_ready->body, "no head yet\nwarning: fsync is off\nwarning: a lock is not had\n");
}

TEST_F(AdminServerTest, AnswersProbes) {
  const auto server = Start("127.0.0.1:0");
  ASSERT_TRUE(server.ok()) << server.status();
  ASSERT_GT((*server)->port(), 0);
  EXPECT_EQ(Get(**server, "/healthz")->status, 200);
  EXPECT_EQ(Get(**server, "/readyz")->status, 200);
  ready_ = false;
  const auto response = Get(**server, "/readyz");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 503);
  EXPECT_EQ(response->body, "no head yet\n");
  EXPECT_EQ(Get(**server, "/healthz")->status, 200);
  ready_ = true;
  EXPECT_EQ(Get(**server, "/readyz")->status, 200);
}

TEST_F(AdminServerTest, SaysWhyItIsNotReady) {
  not_ready_ = MakeError(absl::StatusCode::kUnavailable, reason::kShuttingDown, "stopping");
  ready_ = false;
  const auto server = Start("127.0.0.1:0");
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ(Get(**server, "/readyz")->body, "SHUTTING_DOWN: stopping\n");
}

TEST_F(AdminServerTest, AnswersNothingElse) {
  const auto server = Start("127.0.0.1:0");
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ(Get(**server, "/")->status, 404);
  EXPECT_EQ(Get(**server, "/metrics/../healthz2")->status, 404);
  httplib::Client client("127.0.0.1", (*server)->port());
  EXPECT_EQ(client.Post("/healthz", "x", "text/plain")->status, 404);
}

TEST_F(AdminServerTest, WritesMetrics) {
  auto& family =
      prometheus::BuildCounter().Name("ledgercast_test_total").Help("A test.").Register(*registry_);
  family.Add({{"kind", "a"}}).Increment(3);
  const auto server = Start("127.0.0.1:0");
  ASSERT_TRUE(server.ok()) << server.status();
  const auto response = Get(**server, "/metrics");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->get_header_value("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(response->body, HasSubstr("# TYPE ledgercast_test_total counter"));
  EXPECT_THAT(response->body, HasSubstr("ledgercast_test_total{kind=\"a\"} 3"));
  EXPECT_THAT(response->body, HasSubstr("\nledgercast_ready 1\n"));
  ready_ = false;
  EXPECT_THAT(Get(**server, "/metrics")->body, HasSubstr("\nledgercast_ready 0\n"));
  EXPECT_THAT(response->body, HasSubstr("\nledgercast_build_info{version=\"0."));
  for (const char* name : {"process_start_time_seconds", "process_cpu_seconds_total",
                           "process_resident_memory_bytes", "process_open_fds"}) {
    EXPECT_THAT(response->body, HasSubstr(std::string("\n") + name + " "));
  }
}

TEST_F(AdminServerTest, SaysWhichPortIsTaken) {
  const auto first = Start("127.0.0.1:0");
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string address = "127.0.0.1:" + std::to_string((*first)->port());
  const auto second = Start(address);
  ASSERT_TRUE(absl::IsUnavailable(second.status())) << second.status();
  EXPECT_THAT(second.status().ToString(), HasSubstr(address + ": Address already in use"));
  // The first is none the worse.
  EXPECT_EQ(Get(**first, "/healthz")->status, 200);
}

TEST_F(AdminServerTest, APortIsFreeAgainAtOnce) {
  auto first = Start("127.0.0.1:0");
  ASSERT_TRUE(first.ok()) << first.status();
  const int port = (*first)->port();
  EXPECT_EQ(Get(**first, "/healthz")->status, 200);
  first->reset();
  const auto second = Start("127.0.0.1:" + std::to_string(port));
  EXPECT_TRUE(second.ok()) << second.status();
}

TEST_F(AdminServerTest, RefusesWhatIsNoAddress) {
  for (const char* listen : {"9101", "127.0.0.1:", "127.0.0.1:port", "127.0.0.1:70000",
                             "127.0.0.1:-1", "127.0.0.1:1 "}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Start(listen).status())) << listen;
  }
  EXPECT_TRUE(absl::IsUnavailable(Start("192.0.2.1:9101").status()));
}

TEST_F(AdminServerTest, ListensOnEveryAddressWithoutHost) {
  const auto server = Start(":0");
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ(Get(**server, "/healthz")->status, 200);
}

TEST_F(AdminServerTest, EmptyMeansNone) {
  const auto server = Start("");
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ((*server)->port(), 0);
}

TEST_F(AdminServerTest, StopsAtOnceHoweverOftenStarted) {
  for (int i = 0; i < 50; ++i) {
    const auto server = Start("127.0.0.1:0");
    ASSERT_TRUE(server.ok()) << server.status();
  }
}

TEST_F(AdminServerTest, ManyAskAtOnce) {
  const auto server = Start("127.0.0.1:0");
  ASSERT_TRUE(server.ok()) << server.status();
  std::atomic<int> good = 0;
  std::array<std::thread, 4> threads;
  for (std::thread& thread : threads) {
    thread = std::thread([&] {
      for (int i = 0; i < 25; ++i) {
        const auto response = Get(**server, i % 2 == 0 ? "/readyz" : "/metrics");
        if (response && response->status == 200) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 100);
}

}  // namespace
}  // namespace ledgercast
