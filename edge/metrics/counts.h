#ifndef EDGE_METRICS_COUNTS_H_
#define EDGE_METRICS_COUNTS_H_

#include <array>
#include <cstdint>

#include "edge/metrics/histogram.h"
#include "edge/protocol/close_code.h"
#include "edge/protocol/http_routes.h"

namespace ledgercast {

// Holds what one shard counts. Only the shard's thread changes it; any thread may read it.
struct ShardCounts {
  // The following are gauges.
  OwnedCount sockets_open;
  // Open requests of /v1/events and /v1/poll, from the request to the end of its answer.
  OwnedCount event_streams_open;
  OwnedCount polls_open;
  OwnedCount readers_live;
  OwnedCount readers_behind;
  // Readers behind the head that wait for their turn to ask the service for a page, as of the last
  // tick.
  OwnedCount waiting_for_page;
  OwnedCount oldest_page_wait_millis;
  // Upper bounds of the buckets below, which count readers by how many transactions they are behind
  // the head. The last bucket counts all readers beyond the last bound.
  static constexpr std::array<int64_t, 5> kLagBounds = {0, 10, 100, 10'000, 1'000'000};
  std::array<OwnedCount, kLagBounds.size() + 1> readers_by_lag;
  // The following are counters and histograms. These two measure the time from a transaction's
  // create_time: until it was handed to a live socket, once for each delivery, and until a client
  // acknowledged it.
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
  // Time from a request until its answer was handed over or its stream began, by route and class of
  // status.
  std::array<std::array<OwnedHistogram, kStatusClasses.size()>, kHttpRoutes.size()> http;
  // Closes by code, in the order of kCountedCloseCodes. The last entry counts all other codes.
  std::array<OwnedCount, kCountedCloseCodes.size() + 1> closes;

  void CountClose(int code);
};

// Counts the bytes that one shard sent, by transport. Headers of plain HTTP answers and what TCP
// adds are not included. Only the shard's thread changes it.
struct SentBytes {
  OwnedCount websocket;
  OwnedCount events;
  OwnedCount responses;
};

// Holds what the upstream watch counts. Only the upstream's thread changes it.
struct UpstreamCounts {
  // A gauge: 1 while the watch of the service is up, else 0.
  OwnedCount connected;
  OwnedCount reconnects;
  OwnedCount transactions;
  OwnedCount resets;
};

}  // namespace ledgercast

#endif  // EDGE_METRICS_COUNTS_H_
