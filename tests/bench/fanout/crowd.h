#ifndef TESTS_BENCH_FANOUT_CROWD_H_
#define TESTS_BENCH_FANOUT_CROWD_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/bench/fanout/frame_reader.h"
#include "tests/bench/fanout/journal.h"

namespace ledgercast::bench {

// Many WebSocket clients on one epoll loop, which do no more than they must, since what they
// cost must be far below what is measured: upgrade, watch, read, compare. Not thread-safe.
class Crowd {
 public:
  struct Options {
    uint16_t port = 0;
    std::string path = "/";
    // Sends a token and `watch`, as the edge wants it; the others send by themselves.
    bool is_edge = false;
    // Connections that are being opened at a time: less than servers let wait.
    int handshakes_max = 1'000;
  };

  // `token` makes one for each socket. `journal` outlives this.
  Crowd(const Options& options, const Journal* journal, std::function<std::string()> token)
      : options_(options), journal_(journal), token_(std::move(token)) {}
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  // Whether anybody listens at the port.
  bool Listens() const;
  // Opens sockets until there are `count`, and waits until all are upgraded, and live. Each that
  // was open before goes on from its cursor.
  absl::Status Open(size_t count);
  // Ends all connections at once.
  void CloseAll();

  // Reads what came within `wait_ms`.
  absl::Status Poll(int wait_ms);

  // All of what arrived, in transactions.
  int64_t deliveries() const { return deliveries_; }
  // From publishing to arrival, while it is being noted.
  void NoteLatency(bool on) { notes_latency_ = on; }
  const std::vector<double>& latency_ms() const { return latency_ms_; }

  // How far the slowest is: whole batches of so many transactions, counted from StartBatches().
  void StartBatches(int64_t batch);
  int64_t whole_batches() const { return whole_batches_; }

 private:
  enum class State { kClosed, kConnecting, kUpgrading, kOpen };

  struct Client {
    int fd = -1;
    State state = State::kClosed;
    bool counted_live = false;
    std::string token;
    FrameReader reader;
    // The frame that is not whole yet.
    std::string rest;
  };

  absl::Status Connect(size_t index);
  absl::Status OnReady(Client* client);
  absl::Status OnConnected(Client* client);
  absl::Status OnBytes(Client* client, std::string_view bytes);
  absl::Status OnUpgraded(Client* client, std::string_view* bytes);
  void OnSeen(const Client& client, int64_t before);
  bool IsLive(const Client& client) const;

  const Options options_;
  const Journal* const journal_;
  const std::function<std::string()> token_;
  int epoll_ = -1;
  std::deque<Client> clients_;
  std::vector<char> buffer_;
  size_t live_ = 0;
  int handshakes_ = 0;
  // Changes with each address that is used up.
  uint32_t connected_before_ = 0;
  int64_t deliveries_ = 0;
  bool notes_latency_ = false;
  std::vector<double> latency_ms_;
  int64_t batch_ = 0;
  int64_t batches_from_ = 0;
  int64_t whole_batches_ = 0;
  // How many sockets have each of the batches that not all have yet.
  std::deque<size_t> reached_;
};

int64_t NowNs();

}  // namespace ledgercast::bench

#endif  // TESTS_BENCH_FANOUT_CROWD_H_
