#ifndef TESTS_BENCH_FANOUT_MODES_H_
#define TESTS_BENCH_FANOUT_MODES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "tests/bench/fanout/crowd.h"
#include "tests/bench/fanout/publisher.h"
#include "tests/bench/fanout/system_under_test.h"

namespace ledgercast::bench {

struct Settings {
  std::string mode = "saturation";
  std::string system = "edge";
  size_t sockets = 1'000;
  double seconds = 3;
  // Time before the measurement.
  double warm_up_seconds = 1;
  // Rate of `steady`, over all sockets.
  int64_t deliveries_per_second = 20'000;
  // Number of transactions in a batch of `saturation`, and number of batches on their way to the
  // slowest socket.
  int64_t batch = 100;
  int64_t batches_in_flight = 4;
  // Number of transactions that `reconnect` publishes while no socket is connected.
  int64_t missed = 1'000;
};

// Holds what the modes work with. `service` is null unless the system is the edge.
struct Bench {
  Settings settings;
  Journal* journal = nullptr;
  Crowd* crowd = nullptr;
  Publisher* publisher = nullptr;
  SystemUnderTest* system = nullptr;
  FakeService* service = nullptr;
};

// Publishes the next `count` transactions.
absl::Status PublishNext(const Bench& bench, int64_t count);
// Reads for at least `seconds`.
absl::Status PollFor(const Bench& bench, double seconds);

// Each mode prints one line of name=value.

// Publishes as fast as the slowest socket receives. Measures deliveries per second.
absl::Status RunSaturation(const Bench& bench);
// Publishes at a fixed rate. Measures the CPU time of a delivery, and the time from publishing to
// arrival.
absl::Status RunSteady(const Bench& bench);
// Measures memory and CPU of sockets that wait.
absl::Status RunIdle(const Bench& bench);
// Lets all sockets come back at once, from where they were.
absl::Status RunReconnect(const Bench& bench);

}  // namespace ledgercast::bench

#endif  // TESTS_BENCH_FANOUT_MODES_H_
