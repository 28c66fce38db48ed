#ifndef TESTS_BENCH_FANOUT_PUBLISHER_H_
#define TESTS_BENCH_FANOUT_PUBLISHER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/fanout/fake_service.h"
#include "tests/bench/fanout/journal.h"

namespace ledgercast::bench {

// Hands transactions to the system under test in the way that is its own. All are given the same.
class Publisher {
 public:
  virtual ~Publisher() = default;
  // True once there is somebody to publish to.
  virtual bool ready() { return true; }
  virtual absl::Status Publish(const Journal& journal,
                               std::vector<v1::Transaction> transactions) = 0;
};

// To the edge's watch.
std::unique_ptr<Publisher> MakeEdgePublisher(FakeService* service);

// A connection to `port` of this machine, with a line for each text.
std::unique_ptr<Publisher> MakeLinePublisher(uint16_t port);

// Requests to nchan at `path`, one a text, all of a batch on their way at once.
std::unique_ptr<Publisher> MakePostPublisher(uint16_t port, std::string path);

// Rows (sequence, text) of the table `ledger` where psql connects by itself; a transaction of
// PostgreSQL a batch.
std::unique_ptr<Publisher> MakeTablePublisher();

}  // namespace ledgercast::bench

#endif  // TESTS_BENCH_FANOUT_PUBLISHER_H_
