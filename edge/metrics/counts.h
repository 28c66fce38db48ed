#ifndef EDGE_METRICS_COUNTS_H_
#define EDGE_METRICS_COUNTS_H_

#include <array>
#include <cstdint>

#include "edge/metrics/histogram.h"
#include "edge/protocol/close_code.h"
#include "edge/protocol/http_routes.h"

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
  // Closes by their code, as kCountedCloseCodes has them; the last counts all others.
  std::array<OwnedCount, kCountedCloseCodes.size() + 1> closes;

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

}  // namespace ledgercast

#endif  // EDGE_METRICS_COUNTS_H_
