#ifndef EDGE_EDGE_METRICS_H_
#define EDGE_EDGE_METRICS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "edge/metrics/counts.h"
#include "edge/net/admission.h"
#include "edge/upstream/call_lane.h"

namespace prometheus {
class Collectable;
}

namespace ledgercast {

// Describes the ring as it is now.
struct RingSpan {
  int64_t base_sequence = 0;
  int64_t head_sequence = 0;
  int64_t bytes = 0;
};

// Describes the calls for history that wait for their turn.
struct HistoryQueues {
  CallLane::Waiting pages;
  CallLane::Waiting balances;
};

// Sources that the metrics are read from when they are scraped. All of them must outlive the
// metrics.
struct EdgeMetricSources {
  std::vector<const ShardCounts*> shards;
  std::vector<const SentBytes*> sent_bytes;
  const UpstreamCounts* upstream = nullptr;
  const Admission* admission = nullptr;
  std::function<RingSpan()> ring;
  std::function<HistoryQueues()> history;
};

std::shared_ptr<prometheus::Collectable> MakeEdgeMetrics(EdgeMetricSources sources);

}  // namespace ledgercast

#endif  // EDGE_EDGE_METRICS_H_
