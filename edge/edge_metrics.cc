#include "edge/edge_metrics.h"

#include <prometheus/collectable.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "edge/protocol/close_code.h"
#include "services/common/base/metric_families.h"

namespace ledgercast {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily Family(std::string name, std::string help, MetricType type, int64_t value) {
  return type == MetricType::Counter
             ? CounterFamily(std::move(name), std::move(help), static_cast<double>(value))
             : GaugeFamily(std::move(name), std::move(help), static_cast<double>(value));
}

struct ShardRow {
  const char* name;
  const char* help;
  MetricType type;
  OwnedCount ShardCounts::*count;
};

const std::array kShardRows = {
    ShardRow{"ledgercast_edge_sockets", "Open WebSockets", MetricType::Gauge,
             &ShardCounts::sockets_open},
    ShardRow{"ledgercast_edge_event_streams", "Open streams of server-sent events",
             MetricType::Gauge, &ShardCounts::event_streams_open},
    ShardRow{"ledgercast_edge_polls", "Long polls that wait", MetricType::Gauge,
             &ShardCounts::polls_open},
    ShardRow{"ledgercast_edge_readers_live", "Watches at the head", MetricType::Gauge,
             &ShardCounts::readers_live},
    ShardRow{"ledgercast_edge_readers_behind", "Watches that are catching up", MetricType::Gauge,
             &ShardCounts::readers_behind},
    ShardRow{"ledgercast_edge_sockets_accepted_total", "WebSockets accepted", MetricType::Counter,
             &ShardCounts::sockets_accepted},
    ShardRow{"ledgercast_edge_authentications_total", "Tokens accepted", MetricType::Counter,
             &ShardCounts::authentications},
    ShardRow{"ledgercast_edge_authentication_failures_total", "Tokens refused", MetricType::Counter,
             &ShardCounts::authentication_failures},
    ShardRow{"ledgercast_edge_frames_sent_total", "Frames of watches sent to sockets",
             MetricType::Counter, &ShardCounts::frames_sent},
    ShardRow{"ledgercast_edge_deliveries_total", "Transactions sent to sockets",
             MetricType::Counter, &ShardCounts::transactions_delivered},
    ShardRow{"ledgercast_edge_readers_lagged_total", "Live watches that fell behind",
             MetricType::Counter, &ShardCounts::readers_lagged},
    ShardRow{"ledgercast_edge_catch_up_pages_total", "Pages read from the ring by catching up",
             MetricType::Counter, &ShardCounts::catch_up_pages},
    ShardRow{"ledgercast_edge_history_pages_total", "Pages read from the service",
             MetricType::Counter, &ShardCounts::history_pages},
    ShardRow{"ledgercast_edge_history_failures_total", "Reads of the service that failed",
             MetricType::Counter, &ShardCounts::history_failures},
    ShardRow{"ledgercast_edge_resyncs_total", "Watches told to start again", MetricType::Counter,
             &ShardCounts::resyncs},
    ShardRow{"ledgercast_edge_acks_total", "Acknowledgements by clients", MetricType::Counter,
             &ShardCounts::acks},
    ShardRow{"ledgercast_edge_http_requests_total", "HTTP requests", MetricType::Counter,
             &ShardCounts::http_requests},
};

class EdgeMetrics : public prometheus::Collectable {
 public:
  explicit EdgeMetrics(EdgeMetricSources sources) : from_(std::move(sources)) {}

  std::vector<MetricFamily> Collect() const override {
    std::vector<MetricFamily> families;
    for (const ShardRow& row : kShardRows) {
      int64_t sum = 0;
      for (const ShardCounts* shard : from_.shards) sum += (shard->*row.count).value();
      families.push_back(Family(row.name, row.help, row.type, sum));
    }
    families.push_back(Sent());
    families.push_back(Closes());
    families.push_back(Refusals());
    families.push_back(Lags());
    AddHistoryQueues(&families);
    families.push_back(Http());
    families.push_back(
        Latency("ledgercast_edge_commit_to_write_seconds",
                "From create_time until a transaction was handed to a live socket, by delivery",
                &ShardCounts::commit_to_write));
    families.push_back(Latency("ledgercast_edge_commit_to_ack_seconds",
                               "From create_time until a client acknowledged a transaction",
                               &ShardCounts::commit_to_ack));
    const RingSpan ring = from_.ring();
    const auto gauge = [&families](const char* name, const char* help, int64_t value) {
      families.push_back(Family(name, help, MetricType::Gauge, value));
    };
    const auto counter = [&families](const char* name, const char* help, int64_t value) {
      families.push_back(Family(name, help, MetricType::Counter, value));
    };
    gauge("ledgercast_edge_ring_head", "Newest sequence in the ring", ring.head_sequence);
    gauge("ledgercast_edge_ring_transactions", "Transactions in the ring",
          ring.head_sequence - ring.base_sequence);
    gauge("ledgercast_edge_ring_bytes", "What these take", ring.bytes);
    gauge("ledgercast_edge_upstream_connected", "1 while the watch of the service is up",
          from_.upstream->connected.value());
    counter("ledgercast_edge_upstream_reconnects_total", "Watches started again",
            from_.upstream->reconnects.value());
    counter("ledgercast_edge_upstream_transactions_total", "Transactions received",
            from_.upstream->transactions.value());
    counter("ledgercast_edge_upstream_resets_total", "Times the service told another history",
            from_.upstream->resets.value());
    return families;
  }

 private:
  MetricFamily Sent() const {
    const auto sum = [this](OwnedCount SentBytes::*count) {
      int64_t bytes = 0;
      for (const SentBytes* shard : from_.sent_bytes) bytes += (shard->*count).value();
      return static_cast<double>(bytes);
    };
    return CounterFamily(
        "ledgercast_edge_sent_bytes_total",
        "Bytes of frames, events and bodies sent to clients, without what TCP adds.", "transport",
        {{"websocket", sum(&SentBytes::websocket)},
         {"events", sum(&SentBytes::events)},
         {"responses", sum(&SentBytes::responses)}});
  }

  MetricFamily Closes() const {
    LabelledValues closes;
    for (size_t i = 0; i <= kCountedCloseCodes.size(); ++i) {
      int64_t sum = 0;
      for (const ShardCounts* shard : from_.shards) sum += shard->closes[i].value();
      closes.emplace_back(
          i < kCountedCloseCodes.size() ? std::to_string(kCountedCloseCodes[i]) : "other",
          static_cast<double>(sum));
    }
    return CounterFamily("ledgercast_edge_closes_total", "Closed WebSockets by close code.", "code",
                         closes);
  }

  MetricFamily Refusals() const {
    LabelledValues refusals;
    for (size_t i = 0; i < kRefusalNames.size(); ++i) {
      refusals.emplace_back(std::string(kRefusalNames[i]),
                            static_cast<double>(from_.admission->refused(static_cast<Refusal>(i))));
    }
    return CounterFamily("ledgercast_edge_connections_refused_total",
                         "Connections that were refused, or dropped, before they were clients.",
                         "reason", refusals);
  }

  MetricFamily Lags() const {
    LabelledValues lags;
    for (size_t i = 0; i <= ShardCounts::kLagBounds.size(); ++i) {
      int64_t sum = 0;
      for (const ShardCounts* shard : from_.shards) sum += shard->readers_by_lag[i].value();
      lags.emplace_back(
          i < ShardCounts::kLagBounds.size() ? std::to_string(ShardCounts::kLagBounds[i]) : "more",
          static_cast<double>(sum));
    }
    return GaugeFamily("ledgercast_edge_readers_by_lag",
                       "Watches by how many transactions they are behind, each in the first that "
                       "fits, counted once a second.",
                       "at_most", lags);
  }

  // Adds how much waits to ask the service for history. Readers wait for permission to ask for a
  // page. Pages and balances that were asked for wait for a call.
  void AddHistoryQueues(std::vector<MetricFamily>* families) const {
    int64_t watches = 0;
    int64_t oldest_millis = 0;
    for (const ShardCounts* shard : from_.shards) {
      watches += shard->waiting_for_page.value();
      oldest_millis = std::max(oldest_millis, shard->oldest_page_wait_millis.value());
    }
    const HistoryQueues queues = from_.history();
    families->push_back(GaugeFamily("ledgercast_edge_history_waiting",
                                    "What waits to ask the service for the past.", "queue",
                                    {{"readers", static_cast<double>(watches)},
                                     {"pages", static_cast<double>(queues.pages.calls)},
                                     {"balances", static_cast<double>(queues.balances.calls)}}));
    families->push_back(GaugeFamily("ledgercast_edge_history_oldest_wait_seconds",
                                    "How long the oldest of these waits.", "queue",
                                    {{"readers", static_cast<double>(oldest_millis) / 1'000},
                                     {"pages", absl::ToDoubleSeconds(queues.pages.oldest)},
                                     {"balances", absl::ToDoubleSeconds(queues.balances.oldest)}}));
  }

  MetricFamily Latency(std::string name, std::string help,
                       OwnedHistogram ShardCounts::*histogram) const {
    return HistogramFamily(std::move(name), std::move(help), Bounds(),
                           {Sum({}, [&](const auto& shard) { return &(shard.*histogram); })});
  }

  // Returns how long HTTP requests took. A route and a class of status that no request had is left
  // out.
  MetricFamily Http() const {
    std::vector<LabelledHistogram> histograms;
    for (size_t route = 0; route < kHttpRoutes.size(); ++route) {
      for (size_t status = 0; status < kStatusClasses.size(); ++status) {
        LabelledHistogram histogram =
            Sum({{"method", std::string(kHttpRoutes[route].method)},
                 {"route", std::string(kHttpRoutes[route].path)},
                 {"status", std::string(kStatusClasses[status])}},
                [&](const ShardCounts& shard) { return &shard.http[route][status]; });
        const bool any = std::any_of(histogram.counts.begin(), histogram.counts.end(),
                                     [](int64_t count) { return count > 0; });
        // A family needs at least one histogram.
        const bool first = route == 0 && status == 0;
        if (any || first) histograms.push_back(std::move(histogram));
      }
    }
    return HistogramFamily("ledgercast_edge_http_request_duration_seconds",
                           "From an HTTP request to its answer, or to the beginning of its stream.",
                           Bounds(), histograms);
  }

  static std::vector<double> Bounds() {
    return {OwnedHistogram::kBoundsSeconds.begin(), OwnedHistogram::kBoundsSeconds.end()};
  }

  // Adds up the histograms that `find` returns for each shard.
  template <typename Find>
  LabelledHistogram Sum(std::vector<std::pair<std::string, std::string>> labels, Find find) const {
    LabelledHistogram sum{std::move(labels), std::vector<int64_t>(OwnedHistogram::kBuckets), 0};
    for (const ShardCounts* shard : from_.shards) {
      const OwnedHistogram& one = *find(*shard);
      for (size_t i = 0; i < sum.counts.size(); ++i) sum.counts[i] += one.count(i);
      sum.sum += one.sum_seconds();
    }
    return sum;
  }

  const EdgeMetricSources from_;
};

}  // namespace

std::shared_ptr<prometheus::Collectable> MakeEdgeMetrics(EdgeMetricSources sources) {
  return std::make_shared<EdgeMetrics>(std::move(sources));
}

}  // namespace ledgercast
