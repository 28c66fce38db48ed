// Connections that the service ends, so that clients spread over its replicas.

#include <atomic>
#include <thread>

#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

class ConnectionsTest : public ServiceTest {
 protected:
  void SetUp() override {}
};

TEST_F(ConnectionsTest, AClientOutlivesItsConnections) {
  options_.connections.max_age = absl::Seconds(1);
  options_.connections.max_age_grace = absl::Seconds(1);
  Start();
  const std::string token = AdminToken();
  std::atomic<bool> over = false;
  std::atomic<int64_t> posted = 0;
  std::thread poster([&] {
    while (!over) {
      const absl::Status status = Create(Request("user1", "user2", 1), token).status();
      EXPECT_TRUE(status.ok()) << status;
      posted += status.ok() ? 1 : 0;
    }
  });
  std::vector<int64_t> seen;
  std::string cursor;
  for (int connection = 1; !over || seen.size() < static_cast<size_t>(posted); ++connection) {
    const auto watch = Watch(token, cursor, {}, absl::Milliseconds(100));
    while ((!over || seen.size() < static_cast<size_t>(posted)) && watch->Next()) {
      for (const auto& transaction : watch->response().transactions()) {
        seen.push_back(transaction.sequence());
      }
      cursor = watch->cursor();
    }
    if (over) continue;
    const absl::Status end = watch->Finish();
    EXPECT_TRUE(absl::IsUnavailable(end)) << end;
    if (connection == 3) {
      over = true;
      poster.join();
    }
  }
  ASSERT_EQ(seen.size(), static_cast<size_t>(posted));
  for (size_t i = 0; i < seen.size(); ++i) ASSERT_EQ(seen[i], static_cast<int64_t>(i) + 1);
}

}  // namespace
}  // namespace ledgercast::testing
