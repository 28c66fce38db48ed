// How many watches one caller may have.

#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;

class WatchLimitTest : public ServiceTest {
 protected:
  static constexpr int kMost = 2;

  void SetUp() override {
    options_.watches.max_watches_per_caller = kMost;
    ServiceTest::SetUp();
  }

  // One that has had its first answer.
  std::unique_ptr<WatchCall> Open(const std::string& token) {
    auto watch = Watch(token, "");
    return watch->Next() ? std::move(watch) : nullptr;
  }

  void ExpectRefused(const std::string& token) {
    const auto watch = Watch(token, "");
    EXPECT_FALSE(watch->Next());
    ExpectError(watch->Finish(), Code::kResourceExhausted, reason::kTooBusy);
  }

  static absl::Status EndOf(const std::unique_ptr<WatchCall>& watch) {
    while (watch->Next()) {
    }
    return watch->Finish();
  }

  // Until `watch` ends by `code`, and not because the one before it still has its place.
  static void AwaitEnd(Code code, const std::function<absl::Status()>& watch) {
    const absl::Time until = absl::Now() + absl::Seconds(60);
    absl::Status end;
    do {
      end = watch();
    } while (absl::IsResourceExhausted(end) && absl::Now() < until);
    EXPECT_EQ(end.code(), code) << end;
  }

  // Until the service has noticed that one is gone.
  std::unique_ptr<WatchCall> AwaitRoom(const std::string& token) {
    const absl::Time until = absl::Now() + absl::Seconds(60);
    while (absl::Now() < until) {
      if (auto watch = Open(token)) return watch;
    }
    ADD_FAILURE() << "there was no room again";
    return nullptr;
  }
};

TEST_F(WatchLimitTest, OneCallerMayHaveSoManyAndNoMore) {
  const auto first = Open(Token("user1"));
  const auto second = Open(Token("user1"));
  ASSERT_TRUE(first && second);
  // Whichever token of its it comes with.
  ExpectRefused(Token("user1"));
  ExpectRefused(Token("user1", Role::kMember, absl::Minutes(1)));
  EXPECT_NE(Open(Token("user2")), nullptr) << "others have their own";
  Pay("user1", "user2");
  first->AwaitTransactions(1);
  second->AwaitTransactions(1);
}

TEST_F(WatchLimitTest, TheRelayMayHaveAnyNumber) {
  std::vector<std::unique_ptr<WatchCall>> watches;
  for (int i = 0; i < 3 * kMost; ++i) {
    watches.push_back(Open(RelayToken()));
    ASSERT_NE(watches.back(), nullptr);
  }
}

TEST_F(WatchLimitTest, HoweverAWatchEndsItsPlaceIsFree) {
  const std::string token = Token("user1");
  const auto stays = Open(token);
  ASSERT_NE(stays, nullptr);
  AwaitRoom(token)->Cancel();
  AwaitEnd(Code::kDeadlineExceeded, [&] {
    Call call(token, absl::Milliseconds(200));
    v1::WatchTransactionsRequest request;
    const auto reader = transactions_->WatchTransactions(&call, request);
    v1::WatchTransactionsResponse response;
    while (reader->Read(&response)) {
    }
    return FromGrpcStatus(reader->Finish());
  });
  AwaitEnd(Code::kUnauthenticated,
           [&] { return EndOf(Watch(Token("user1", Role::kMember, absl::Seconds(2)), "")); });
  // Refused by the ledger once it had begun, and before.
  const std::string beyond = FormatCursor(ledger(), Position{7, 1});
  for (int i = 0; i < kMost; ++i) {
    AwaitEnd(Code::kOutOfRange, [&] { return EndOf(Watch(token, beyond)); });
    ExpectInvalid(EndOf(Watch(token, "nonsense")), "after");
  }
  const auto again = AwaitRoom(token);
  ExpectRefused(token);
}

class NoWatchLimitTest : public WatchLimitTest {
 protected:
  void SetUp() override {
    options_.watches.max_watches_per_caller = 0;
    ServiceTest::SetUp();
  }
};

TEST_F(NoWatchLimitTest, ZeroIsNoLimit) {
  std::vector<std::unique_ptr<WatchCall>> watches;
  for (int i = 0; i < 3 * kMost; ++i) {
    watches.push_back(Open(Token("user1")));
    ASSERT_NE(watches.back(), nullptr);
  }
}

}  // namespace
}  // namespace ledgercast::testing
