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
#include "services/transaction/api/watches.h"
#include "services/transaction/posting/poster.h"

namespace ledgercast {

// Returns the number of watchers for each state, by the state's name.
LabelledValues CountByState(const Watches& watches);
// Returns how many requests SubmitTransactions refused, by reason.
LabelledValues CountByReason(const SubmitRefusals& refusals);

// Holds the service's metrics. Only batches and calls are counted when they happen; all other
// values are read at each scrape.
//
// Thread-safe.
class TransactionMetrics : public prometheus::Collectable {
 public:
  // The values that are read at each scrape.
  struct Sample {
    Poster::Counters posting;
    // The number of watchers in each state.
    LabelledValues watches;
    // The number of watches that were refused because their caller had too many.
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
    // The connections of the pool that serves reads: idle and in use.
    LabelledValues connections;
    // For each pool, the jobs that wait for a thread, and the jobs that were refused.
    LabelledValues queued_jobs;
    LabelledValues refused_jobs;
    struct SignIns {
      PasswordQueue::Stats passwords;
      GuessLimiter::Refusals refusals;
      TokenFamilies::Counts refreshes{};
    } sign_ins;
  };

  // `sample` is called on the admin port's threads. It returns nullopt until the ledger is open.
  explicit TransactionMetrics(std::function<std::optional<Sample>()> sample);

  // Counts a batch. Is called on the poster's thread.
  void OnBatch(const Poster::BatchTiming& batch);

  // Returns the registry for classes that count on their own.
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
