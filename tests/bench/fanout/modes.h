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
  // Before what is measured.
  double warm_up_seconds = 1;
  // Rate of `steady`, over all sockets.
  int64_t deliveries_per_second = 20'000;
  // Load of `saturation`: transactions in a batch, and batches on their way to the slowest socket.
  int64_t batch = 100;
  int64_t batches_in_flight = 4;
  // Number of transactions that `reconnect` publishes while nobody is there.
  int64_t missed = 1'000;
};

// What the modes work with; `service` is null unless the system is the edge.
struct Bench {
  Settings settings;
  Journal* journal = nullptr;
  Crowd* crowd = nullptr;
  Publisher* publisher = nullptr;
  SystemUnderTest* system = nullptr;
  FakeService* service = nullptr;
};

// Publishes the next `count`.
absl::Status PublishNext(const Bench& bench, int64_t count);
// Reads for so long, at least.
absl::Status PollFor(const Bench& bench, double seconds);

// Each prints one line of name=value.

// As fast as the slowest socket takes it: deliveries a second.
absl::Status RunSaturation(const Bench& bench);
// At a fixed rate: CPU of a delivery, and from publishing to arrival.
absl::Status RunSteady(const Bench& bench);
// Memory and CPU of a socket that waits.
absl::Status RunIdle(const Bench& bench);
// All sockets come back at once, from where they were.
absl::Status RunReconnect(const Bench& bench);

}  // namespace ledgercast::bench

#endif  // TESTS_BENCH_FANOUT_MODES_H_
