#ifndef TESTS_BENCH_FANOUT_PUBLISHER_H_
#define TESTS_BENCH_FANOUT_PUBLISHER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/fanout/fake_service.h"
#include "tests/bench/fanout/journal.h"

namespace ledgercast::bench {

// Passes transactions to the system under test in that system's own way. All systems get the same
// transactions.
class Publisher {
 public:
  virtual ~Publisher() = default;
  // Returns true once there is somebody to publish to.
  virtual bool ready() { return true; }
  virtual absl::Status Publish(const Journal& journal,
                               std::vector<v1::Transaction> transactions) = 0;
};

// Publishes to the edge's watch.
std::unique_ptr<Publisher> MakeEdgePublisher(FakeService* service);

// Publishes over a connection to `port` of this machine, with a line for each text.
std::unique_ptr<Publisher> MakeLinePublisher(uint16_t port);

// Publishes by requests to nchan at `path`, one for each text. All requests of a batch are sent at
// once.
std::unique_ptr<Publisher> MakePostPublisher(uint16_t port, std::string path);

// Publishes rows (sequence, text) of the table `ledger` in psql's default database, with one
// transaction of PostgreSQL for each batch.
std::unique_ptr<Publisher> MakeTablePublisher();

}  // namespace ledgercast::bench

#endif  // TESTS_BENCH_FANOUT_PUBLISHER_H_
