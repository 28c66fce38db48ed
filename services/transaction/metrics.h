#ifndef SERVICES_TRANSACTION_METRICS_H_
#define SERVICES_TRANSACTION_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "services/common/base/metric_families.h"
#include "services/transaction/api/password_queue.h"
#include "services/transaction/api/submit_refusals.h"
#include "services/transaction/api/token_families.h"
#include "services/transaction/api/watch.h"
#include "services/transaction/posting/poster.h"

namespace ledgercast {

// Counts the watchers by the names of their states.
LabelledValues CountByState(const Watchers& watchers);
// Returns how many requests SubmitTransactions refused, by reason.
LabelledValues CountByReason(const SubmitRefusals& refusals);

// The service's metrics. Only batches and calls are counted as they happen; all else is read at
// each scrape.
//
// Thread-safe.
class TransactionMetrics : public prometheus::Collectable {
 public:
  // What is read at each scrape.
  struct Sample {
    Poster::Counters posting;
    // Watchers by what they do.
    LabelledValues watchers;
    // Watches that were refused because their caller had too many.
    int64_t refused_watches = 0;
    LabelledValues submit_refusals;
    int64_t log_head = 0;
    int64_t log_base = 0;
    int64_t log_bytes = 0;
    // How long ago the log was known to be at the ledger's head.
    std::optional<absl::Duration> tail_lag;
    int64_t tail_behind_transactions = 0;
    // How far our clock is ahead of the database's.
    absl::Duration clock_skew;
    // Connections of the pool that serves reads, by what they do.
    LabelledValues connections;
    // Jobs that wait for a thread, and with it for a connection, and jobs that were turned away.
    LabelledValues queued_jobs;
    LabelledValues refused_jobs;
    struct SignIns {
      PasswordQueue::Stats passwords;
      GuessLimiter::Refusals refusals;
      TokenFamilies::Counts refreshes{};
    } sign_ins;
  };

  // `sample` is called from the admin port's threads; it returns nullopt before there is a ledger.
  explicit TransactionMetrics(std::function<std::optional<Sample>()> sample);

  // Is called on the poster's thread, for each batch.
  void OnBatch(const Poster::BatchTiming& batch);

  // The registry of classes that count on their own.
  prometheus::Registry* registry() { return &registry_; }

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const std::function<std::optional<Sample>()> sample_;
  prometheus::Registry registry_;
  prometheus::Histogram& batch_transactions_;
  // The stages of a batch.
  prometheus::Histogram& fence_seconds_;
  prometheus::Histogram& look_up_seconds_;
  prometheus::Histogram& decide_seconds_;
  prometheus::Histogram& write_seconds_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_METRICS_H_
