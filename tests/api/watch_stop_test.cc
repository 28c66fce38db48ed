// How watches end: by those who leave, and by the service that stops.

#include <atomic>
#include <random>
#include <thread>

#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;
using ::testing::ElementsAre;

class StopTest : public ServiceTest {};

TEST_F(StopTest, AStoppingServiceEndsWatchesWithACursorThatResumes) {
  Pay("user1", "user2");
  const auto watch = Watch(AdminToken(), "");
  watch->AwaitCursor(CursorAt(1));
  const auto idle_member = Watch(Token("user3"), "");
  ASSERT_TRUE(idle_member->Next());
  std::thread stopper([this] { Stop(); });
  while (watch->Next()) continue;
  const auto info = ExpectError(watch->Finish(), Code::kUnavailable, reason::kShuttingDown);
  while (idle_member->Next()) continue;
  const auto member_info =
      ExpectError(idle_member->Finish(), Code::kUnavailable, reason::kShuttingDown);
  stopper.join();
  Start();
  Pay("user1", "user3");
  const auto resumed = Watch(AdminToken(), info.metadata().at("cursor"));
  resumed->AwaitTransactions(1);
  EXPECT_THAT(resumed->sequences(), ElementsAre(2));
  const auto member = Watch(Token("user3"), member_info.metadata().at("cursor"));
  member->AwaitTransactions(1);
  EXPECT_THAT(member->sequences(), ElementsAre(2));
}

TEST_F(StopTest, AStopUnderLoadAnswersEveryCallOnceAndKeepsWhatItAcknowledged) {
  std::vector<std::thread> clients;
  std::atomic<int64_t> acknowledged = 0;

  const std::string token = AdminToken();
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      while (true) {
        const absl::Status status = Create(Request("user1", "user2", 1), token).status();
        if (!status.ok()) {
          EXPECT_TRUE(absl::IsUnavailable(status) || absl::IsCancelled(status)) << status;
          return;
        }
        ++acknowledged;
      }
    });
  }
  while (acknowledged < 50) std::this_thread::yield();
  Stop();

  for (std::thread& client : clients) client.join();
  EXPECT_GE(store_.GetHead()->sequence, acknowledged);
}

TEST_F(StopTest, AWatcherThatDoesNotReadDoesNotKeepTheServiceFromStopping) {
  options_.drain_timeout = absl::Milliseconds(200);
  Stop();
  Start();
  const auto stuck = StuckWatch();
  Stop();
}

TEST_F(StopTest, WatchersThatLeaveAtRandomLeaveNothingBehind) {
  std::mt19937 random(7);
  std::vector<std::unique_ptr<WatchCall>> watches;
  std::thread poster([this] {
    for (int i = 0; i < 200; ++i) Pay("user1", "user2");
  });
  for (int i = 0; i < 200; ++i) {
    const std::string token = i % 2 == 0 ? AdminToken() : Token("user2");
    watches.push_back(Watch(token, i % 3 == 0 ? "" : "now", {}, absl::Milliseconds(100)));
    // Some before their first response, some amid others.
    if (random() % 2 == 0) {
      ASSERT_TRUE(watches.back()->Next());
    }
    if (random() % 3 == 0) {
      watches[random() % watches.size()]->Cancel();
    }
  }
  for (const auto& watch : watches) watch->Cancel();
  poster.join();
  for (const auto& watch : watches) {
    while (watch->Next()) continue;
    EXPECT_TRUE(absl::IsCancelled(watch->Finish()));
  }
  watches.clear();
  EXPECT_EQ(Pay("user1", "user2").sequence(), 201);
  const auto watch = Watch(AdminToken(), "");
  watch->AwaitTransactions(201);
}

TEST_F(StopTest, AWatcherThatCatchesUpFromTheStoreMayLeaveAnyTime) {
  std::vector<Posting> postings;
  for (int i = 0; i < 2'000; ++i) postings.push_back(Transfer("user1", "user2", 1));
  Stop();
  PostElsewhere(postings);
  options_.log.chunk_transactions = 4;
  options_.log.capacity_transactions = 8;
  options_.warm_log_transactions = 8;
  options_.watches.page.max_transactions = 5;
  Start();
  for (int i = 0; i < 50; ++i) {
    const auto watch = Watch(AdminToken(), "");
    for (int page = 0; page < i % 5; ++page) ASSERT_TRUE(watch->Next());
  }
  Stop();
}

}  // namespace
}  // namespace ledgercast::testing
