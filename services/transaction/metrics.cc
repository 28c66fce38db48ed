#include "services/transaction/metrics.h"

#include <prometheus/metric_family.h>

#include <string>
#include <utility>

namespace ledgercast {
namespace {

prometheus::MetricFamily One(const std::string& name, const std::string& help,
                             prometheus::MetricType type, double value) {
  prometheus::ClientMetric metric;
  if (type == prometheus::MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  prometheus::MetricFamily family;
  family.name = "ledgercast_" + name;
  family.help = help;
  family.type = type;
  family.metric.push_back(std::move(metric));
  return family;
}

}  // namespace

std::vector<prometheus::MetricFamily> TransactionMetrics::Collect() const {
  using prometheus::MetricType;
  const Sample sample = sample_();
  return {
      One("posted_transactions_total", "Transactions committed by this process.",
          MetricType::Counter, static_cast<double>(sample.posting.posted)),
      One("posting_batches_total", "Batches that this process posted.", MetricType::Counter,
          static_cast<double>(sample.posting.batches)),
      One("posting_seconds_total", "Time spent on fence, decide and write.", MetricType::Counter,
          absl::ToDoubleSeconds(sample.posting.posting_time)),
      One("posting_queue_transactions", "Transactions waiting for the next batch.",
          MetricType::Gauge, static_cast<double>(sample.posting.queued)),
      One("watchers", "Open WatchTransactions streams.", MetricType::Gauge,
          static_cast<double>(sample.watchers)),
      One("log_head_sequence", "The newest transaction that this process knows.", MetricType::Gauge,
          static_cast<double>(sample.log_head)),
      One("log_base_sequence", "The oldest position that is served from memory.", MetricType::Gauge,
          static_cast<double>(sample.log_base)),
  };
}

}  // namespace ledgercast
