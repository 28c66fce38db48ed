// Whatever happens to whom in whatever order, every reader gets exactly its rows, once and in
// order, by the contract's rule for clients, and never more than one frame in advance.

#include <gtest/gtest.h>

#include <random>

#include "tests/support/edge_hub_fixture.h"

namespace ledgercast::testing {
namespace {

constexpr int kSteps = 3'000;
constexpr int kAccounts = 5;

class HubPropertyTest : public HubTest, public ::testing::WithParamInterface<int> {
 protected:
  struct Client {
    std::unique_ptr<WatchingClient> watcher;
    Viewer viewer;
    std::vector<std::string> accounts;
    // What all its watches so far were given; each of them went on where the last one was.
    std::vector<int64_t> sequences;
    int64_t began_after = 0;
  };

  uint64_t Draw(uint64_t below) { return random_() % below; }
  std::string AnyAccount() { return "user" + std::to_string(Draw(kAccounts)); }

  void SetUp() override {
    random_.seed(static_cast<uint64_t>(GetParam()));
    history_.page_rows = 7;
    max_pages_ = 10;
    for (int i = 0; i < 30; ++i) PostAny();
    Build({20, 1 << 20, 5});
  }

  void PostAny() {
    const uint64_t from = Draw(kAccounts);
    const uint64_t to = (from + 1 + Draw(kAccounts - 1)) % kAccounts;
    Post("user" + std::to_string(from), "user" + std::to_string(to));
  }

  void AddClient() {
    Client client;
    if (Draw(3) == 0) {
      client.viewer = {{"admin"}, true};
      if (Draw(2) == 0) client.accounts = {AnyAccount(), AnyAccount()};
    } else {
      client.viewer.accounts = {AnyAccount()};
      if (Draw(4) == 0)
        client.viewer.accounts = AccountFilter::Of({AnyAccount(), AnyAccount()}).accounts;
    }
    client.began_after =
        static_cast<int64_t>(Draw(static_cast<uint64_t>(ledger_.head().sequence) + 1));
    client.watcher =
        StartWatch(client.viewer, ledger_.PositionAt(client.began_after), client.accounts);
    clients_.push_back(std::move(client));
  }

  // Its socket breaks or it asks anew: it goes on from its own cursor.
  void WatchAgain(Client* client) {
    hub_->Remove(client->watcher->watch);
    if (Draw(2) == 0) client->watcher->Read();  // What was on the way arrives, or not.
    Keep(client);
    const int64_t position =
        client->watcher->client.position < 0 ? Last(*client) : client->watcher->client.position;
    ASSERT_EQ(client->watcher->trouble, "");
    client->watcher = StartWatch(client->viewer, ledger_.PositionAt(position), client->accounts);
  }

  static int64_t Last(const Client& client) {
    return client.sequences.empty() ? client.began_after : client.sequences.back();
  }

  static void Keep(Client* client) {
    auto& got = client->watcher->client.sequences;
    client->sequences.insert(client->sequences.end(), got.begin(), got.end());
    got.clear();
  }

  // Weighted so that readers are live, behind in the ring and behind the ring about as often
  // as each other: a ledger that outruns everybody tests only one of these.
  void Step() {
    const uint64_t step = Draw(32);
    if (step < 2) {
      for (uint64_t i = Draw(8); i > 0; --i) PostAny();
    } else if (step < 4) {
      Relay();
    } else if (step < 16) {
      for (uint64_t i = Draw(8); i > 0 && !shard_.tasks.empty(); --i) shard_.RunOne();
    } else if (step < 22) {
      history_.failure = Draw(8) == 0 ? absl::UnavailableError("away") : absl::OkStatus();
      for (uint64_t i = Draw(8); i > 0 && !history_.waiting.empty(); --i) history_.AnswerOne();
    } else if (step < 28) {
      for (Client& client : clients_) {
        if (Draw(8) != 0) client.watcher->Read();
      }
    } else if (step < 31) {
      clock_.now += absl::Milliseconds(Draw(40));
      hub_->OnTick(clock_.now);
    } else if (Draw(2) == 0) {
      WatchAgain(&clients_[Draw(clients_.size())]);
    }
  }

  std::mt19937_64 random_;
  std::vector<Client> clients_;
};

TEST_P(HubPropertyTest, EveryReaderGetsItsRowsOnceInOrder) {
  for (int i = 0; i < 12; ++i) AddClient();
  for (int i = 0; i < kSteps; ++i) {
    ASSERT_NO_FATAL_FAILURE(Step());
    for (const Client& client : clients_) {
      // An answer to `watch` and a frame.
      ASSERT_LE(client.watcher->socket.in_flight.size(), 2u);
    }
  }
  history_.failure = absl::OkStatus();
  Relay();
  std::vector<WatchingClient*> watchers;
  for (const Client& client : clients_) watchers.push_back(client.watcher.get());
  clock_.now += absl::Seconds(5);
  Settle(watchers);
  for (Client& client : clients_) {
    Keep(&client);
    EXPECT_EQ(client.watcher->trouble, "");
    EXPECT_FALSE(client.watcher->client.resynced);
    EXPECT_TRUE(client.watcher->client.live);
    EXPECT_FALSE(client.watcher->socket.close_code.has_value());
    const AccountFilter filter = *EffectiveFilter(client.viewer, client.accounts);
    EXPECT_EQ(client.sequences, ledger_.SequencesAfter(client.began_after, filter));
  }
  // All ways of reading had their share.
  EXPECT_GT(counts_.readers_lagged.value(), 5);
  EXPECT_GT(counts_.catch_up_pages.value(), 10);
  EXPECT_GT(counts_.history_pages.value(), 10);
  EXPECT_GT(counts_.frames_sent.value(), counts_.catch_up_pages.value());
  EXPECT_EQ(counts_.readers_behind.value(), 0);
  EXPECT_EQ(counts_.readers_live.value(), static_cast<int64_t>(clients_.size()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, HubPropertyTest, ::testing::Range(1, 21));

}  // namespace
}  // namespace ledgercast::testing
