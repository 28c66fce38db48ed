#ifndef TESTS_SUPPORT_EDGE_HUB_FIXTURE_H_
#define TESTS_SUPPORT_EDGE_HUB_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "edge/delivery/hub.h"
#include "services/common/ledger/hash_chain.h"
#include "tests/support/edge_fakes.h"

namespace ledgercast::testing {

inline const Viewer kAdmin{{"admin"}, true};
inline const Viewer kUser1{{"user1"}, false};
inline const Viewer kUser2{{"user2"}, false};

// A client that follows the contract's rule and notes what it received.
class RuleKeepingClient {
 public:
  // Applies `frame`. Returns what is wrong with it, or "".
  std::string Apply(const nlohmann::json& frame) {
    const std::string state = frame["state"];
    if (state == "watching") {
      position = SequenceOf(frame["data"]["after"]);
      balances = frame["data"]["balances"];
    }
    if (state == "resync") resynced = true;
    if (state != "transactions" && state != "progress") return "";
    const nlohmann::json& data = frame["data"];
    if (SequenceOf(data["after"]) > position) return "a gap: " + frame.dump();
    if (state == "transactions") {
      live = data["live"];
      for (const auto& transaction : data["transactions"]) {
        const int64_t sequence = std::stoll(transaction["sequence"].get<std::string>());
        if (sequence <= position) return "a repeat: " + frame.dump();
        position = sequence;
        sequences.push_back(sequence);
      }
    }
    if (SequenceOf(data["cursor"]) < position) return "a cursor behind: " + frame.dump();
    position = SequenceOf(data["cursor"]);
    cursor = data["cursor"];
    return "";
  }

  static int64_t SequenceOf(const std::string& cursor) {
    return std::stoll(cursor.substr(cursor.rfind('.') + 1));
  }

  int64_t position = -1;
  std::string cursor;
  std::vector<int64_t> sequences;
  nlohmann::json balances;
  bool live = false;
  bool resynced = false;
};

// Holds one socket with one watch of a hub.
struct WatchingClient {
  FakeSocket socket;
  WatchPtr watch;
  RuleKeepingClient client;
  std::string trouble;

  // Reads what was sent.
  void Read() {
    for (const nlohmann::json& frame : socket.Take()) {
      if (trouble.empty()) trouble = client.Apply(frame);
    }
  }
};

// Holds a shard's hub over a ledger that the test extends, with a ring that may be tiny.
class HubTest : public ::testing::Test {
 protected:
  HubTest() { Build(TransactionLog::Options()); }

  void Build(const TransactionLog::Options& ring) {
    feed_ = std::make_shared<Feed>(LedgerMaker::kLedger, ledger_.head(), ring);
    source_.Replace(feed_);
    Hub::Options options;
    options.fanout.frame_limits = frame_limits_;
    options.catch_up.frame_limits = frame_limits_;
    options.catch_up.max_pages = max_pages_;
    hub_ = std::make_unique<Hub>(options, &MakeTextFrame, &source_, &history_, &shard_,
                                 Clocks{clock_.AsClock(), clock_.AsClock()}, &counts_);
    hub_->OnGrowth();
    shard_.RunAll();
  }

  // Posts transactions. The service has them at once, the edge after Relay().
  void Post(const std::string& from, const std::string& to) { ledger_.Add(from, to); }

  void Relay() {
    const int64_t known = feed_->log.head().sequence;
    const auto& all = ledger_.all();
    std::vector<v1::Transaction> batch(all.begin() + known, all.end());
    if (!batch.empty()) feed_->log.Append(std::move(batch));
    hub_->OnGrowth();
  }

  std::unique_ptr<WatchingClient> StartWatch(const Viewer& viewer, const Position& start,
                                             std::vector<std::string> accounts = {},
                                             uint64_t owner = 1) {
    auto watcher = std::make_unique<WatchingClient>();
    watcher->watch = std::make_shared<Watch>(
        owner, viewer, *EffectiveFilter(viewer, std::move(accounts)),
        Backoff(absl::Milliseconds(10), absl::Milliseconds(100), [] { return 1.0; }));
    watcher->watch->socket = &watcher->socket;
    watcher->watch->position = start;
    watcher->watch->request_id = "\"w\"";
    hub_->Add(watcher->watch);
    return watcher;
  }

  Position Genesis() const { return {0, CheckOf(GenesisHash(LedgerMaker::kLedger))}; }

  // Runs until no reader has anything left to do, or a limit is reached.
  void Settle(const std::vector<WatchingClient*>& watches) {
    int rounds = 0;
    for (int quiet = 0; quiet < 20 && rounds < 1'000; ++quiet, ++rounds) {
      if (!shard_.tasks.empty() || !history_.waiting.empty()) quiet = 0;
      shard_.RunAll();
      history_.AnswerAll();
      for (WatchingClient* watcher : watches) watcher->Read();
      clock_.now += absl::Milliseconds(20);
      hub_->OnTick(clock_.now);
    }
  }

  LedgerMaker ledger_;
  FeedSource source_;
  std::shared_ptr<Feed> feed_;
  FakeHistory history_{&ledger_};
  FakeShard shard_;
  FakeClock clock_;
  ShardCounts counts_;
  TransactionLog::ReadLimits frame_limits_{4, 1 << 20};
  int max_pages_ = 8;
  std::unique_ptr<Hub> hub_;
};

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_EDGE_HUB_FIXTURE_H_
