#ifndef EDGE_METRICS_H_
#define EDGE_METRICS_H_

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "edge/admission.h"
#include "edge/call_lane.h"
#include "edge/histogram.h"
#include "edge/http_routes.h"

namespace prometheus {
class Collectable;
}

namespace ledgercast {

// What one shard counts, on its own thread.
struct ShardCounts {
  // Gauges.
  OwnedCount sockets_open;
  // Requests of /v1/events and /v1/poll, from the request to the end of the answer.
  OwnedCount event_streams_open;
  OwnedCount polls_open;
  OwnedCount readers_live;
  OwnedCount readers_behind;
  // Readers behind that wait for their turn to ask the service for a page, as of the last tick.
  OwnedCount waiting_for_page;
  OwnedCount oldest_page_wait_millis;
  // Watches by how many transactions they are behind the head: at most each of these, and more.
  static constexpr std::array<int64_t, 5> kLagBounds = {0, 10, 100, 10'000, 1'000'000};
  std::array<OwnedCount, kLagBounds.size() + 1> readers_by_lag;
  // Counters. Time from a transaction's create_time until it was handed to a live socket, once a
  // delivery, and until a client acknowledged it.
  OwnedHistogram commit_to_write;
  OwnedHistogram commit_to_ack;
  OwnedCount sockets_accepted;
  OwnedCount authentications;
  OwnedCount authentication_failures;
  OwnedCount frames_sent;
  OwnedCount transactions_delivered;
  OwnedCount readers_lagged;
  OwnedCount catch_up_pages;
  OwnedCount history_pages;
  OwnedCount history_failures;
  OwnedCount resyncs;
  OwnedCount acks;
  OwnedCount http_requests;
  // From a request until its answer was handed over, or its stream began.
  std::array<std::array<OwnedHistogram, kStatusClasses.size()>, kHttpRoutes.size()> http;
  // Closes by their code: see kCloseCodes in metrics.cc; the last is `other`.
  static constexpr int kCloseKinds = 14;
  OwnedCount closes[kCloseKinds];

  void CountClose(int code);
};

// Bytes that one shard handed to the kernel, on its own thread, by transport. Heads of HTTP answers
// and what TCP adds are not in them.
struct SentBytes {
  OwnedCount websocket;
  OwnedCount events;
  OwnedCount responses;
};

// What the upstream watch counts, on its own thread.
struct UpstreamCounts {
  // Gauge, 0 or 1.
  OwnedCount connected;
  OwnedCount reconnects;
  OwnedCount transactions;
  OwnedCount resets;
};

// The ring as it is now.
struct RingSpan {
  int64_t base_sequence = 0;
  int64_t head_sequence = 0;
  int64_t bytes = 0;
};

// The calls for the past that wait for their turn.
struct HistoryQueues {
  CallLane::Waiting pages;
  CallLane::Waiting balances;
};

// What the metrics are read from when they are scraped. All of it must outlive them.
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

#endif  // EDGE_METRICS_H_
