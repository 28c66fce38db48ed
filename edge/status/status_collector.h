#ifndef EDGE_STATUS_STATUS_COLLECTOR_H_
#define EDGE_STATUS_STATUS_COLLECTOR_H_

#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "edge/delivery/hub.h"
#include "edge/net/shard.h"
#include "edge/sessions/client_view.h"
#include "edge/status/status_page.h"
#include "ledgercast/v1/status.pb.h"

namespace ledgercast {

// Gathers for GET /v1/status what all shards know. Each shard looks through its clients on its own
// thread. Outlives the shards.
//
// Thread-safe once all shards are added.
class StatusCollector {
 public:
  // `edge` returns the status of the edge as a whole. It may run on any thread.
  explicit StatusCollector(std::function<v1::EdgeStatus()> edge) : edge_(std::move(edge)) {}

  // Adds a shard, before any shard runs. `clients` and `hub` outlive every task of `shard`.
  void Add(Shard* shard, const ClientSource* clients, const Hub* hub) {
    entries_.push_back({shard, clients, hub});
  }

  // Takes the JSON of the StatusResponse.
  using Done = std::function<void(std::string)>;
  // Gathers one page. `done` runs once, on a shard's thread. Returns RESOURCE_EXHAUSTED / TOO_BUSY
  // while too many others are under way; `done` then never runs.
  absl::Status Gather(const StatusQuery& query, Done done);

 private:
  struct ShardEntry {
    Shard* shard;
    const ClientSource* clients;
    const Hub* hub;
  };
  class Gathering;

  // Maximum number of gatherings at once. Each takes turns of every shard.
  static constexpr int kMaxGatherings = 4;

  const std::function<v1::EdgeStatus()> edge_;
  std::vector<ShardEntry> entries_;
  std::atomic<int> gatherings_ = 0;
};

}  // namespace ledgercast

#endif  // EDGE_STATUS_STATUS_COLLECTOR_H_
