// Connections that the service ends, so that clients spread over its replicas.

#include <atomic>
#include <nlohmann/json.hpp>
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

std::string LongToken(const TestKey& key, size_t pad_bytes) {
  const absl::Time now = absl::Now();
  const nlohmann::json header = {{"alg", "EdDSA"}, {"typ", "at+jwt"}, {"kid", key.jwk().kid()}};
  const nlohmann::json claims = {{"iss", "ledgercast"},
                                 {"aud", "ledgercast"},
                                 {"sub", "user1"},
                                 {"exp", absl::ToUnixSeconds(now + absl::Minutes(5))},
                                 {"pad", std::string(pad_bytes, 'x')}};
  return key.Sign(header.dump(), claims.dump());
}

TEST_F(ConnectionsTest, TokensOf16KiBAreTakenAndLongerOnesRefusedWithoutHarmToOtherCalls) {
  Start();
  const auto watch = Watch(AdminToken(), "now");
  ASSERT_TRUE(watch->Next());
  const std::string longest = LongToken(key_, 12'000);
  ASSERT_GT(longest.size(), 16'000u);
  ASSERT_LE(longest.size(), kMaxTokenBytes);
  EXPECT_TRUE(Create(Request("user1", "user2", 1), longest).ok());
  const absl::Status longer =
      Create(Request("user1", "user2", 1), LongToken(key_, 20'000)).status();
  ExpectError(longer, absl::StatusCode::kUnauthenticated, reason::kTokenInvalid);
  EXPECT_THAT(std::string(MessageOf(longer)), ::testing::HasSubstr("16384 bytes"));
  // Beyond what all the metadata of a call may have.
  const absl::Status longest_of_all =
      Create(Request("user1", "user2", 1), std::string(40'000, 'x')).status();
  ExpectError(longest_of_all, absl::StatusCode::kInvalidArgument, reason::kInvalidField);
  Pay("user1", "user2");
  watch->AwaitTransactions(2);
}

}  // namespace
}  // namespace ledgercast::testing
