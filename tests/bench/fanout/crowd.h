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

// Many WebSocket clients in one epoll loop. They upgrade, watch, read and compare, and do nothing
// else, because their cost must be far below what is measured. Not thread-safe.
class Crowd {
 public:
  struct Options {
    uint16_t port = 0;
    std::string path = "/";
    // If true, sends a token and `watch`, as the edge needs. Other systems send without being
    // asked.
    bool is_edge = false;
    // Number of connections that are opened at the same time. It is below the limit of servers.
    int handshakes_max = 1'000;
  };

  // Makes a crowd. `token` makes a token for each socket. `journal` must outlive it.
  Crowd(const Options& options, const Journal* journal, std::function<std::string()> token)
      : options_(options), journal_(journal), token_(std::move(token)) {}
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  // Returns whether a server listens at the port.
  bool Listens() const;
  // Opens sockets until there are `count`, and waits until all are upgraded and live. A socket that
  // was open before continues from its cursor.
  absl::Status Open(size_t count);
  // Ends all connections at once.
  void CloseAll();

  // Reads what comes within `wait_ms`.
  absl::Status Poll(int wait_ms);

  // Returns how many transactions arrived, over all sockets.
  int64_t deliveries() const { return deliveries_; }
  // Starts or stops noting the time from publishing to arrival.
  void NoteLatency(bool on) { notes_latency_ = on; }
  const std::vector<double>& latency_ms() const { return latency_ms_; }

  // Counts batches of `batch` transactions that the slowest socket has received, from now on.
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
    // The frame that is not complete yet.
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
  // Number of connections made so far. It selects the local address of the next one.
  uint32_t connected_before_ = 0;
  int64_t deliveries_ = 0;
  bool notes_latency_ = false;
  std::vector<double> latency_ms_;
  int64_t batch_ = 0;
  int64_t batches_from_ = 0;
  int64_t whole_batches_ = 0;
  // For each batch that not all sockets have yet: the number of sockets that have it.
  std::deque<size_t> reached_;
};

int64_t NowNs();

}  // namespace ledgercast::bench

#endif  // TESTS_BENCH_FANOUT_CROWD_H_
