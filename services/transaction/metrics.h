#ifndef SERVICES_TRANSACTION_METRICS_H_
#define SERVICES_TRANSACTION_METRICS_H_

#include <prometheus/collectable.h>

#include <functional>
#include <vector>

#include "services/transaction/posting/poster.h"

namespace ledgercast {

// The service's metrics, taken when they are scraped, so that counting costs the hot
// paths nothing.
class TransactionMetrics : public prometheus::Collectable {
 public:
  struct Sample {
    Poster::Counters posting;
    int64_t watchers = 0;
    int64_t log_head = 0;
    int64_t log_base = 0;
  };

  // `sample` is called from the admin port's threads.
  explicit TransactionMetrics(std::function<Sample()> sample) : sample_(std::move(sample)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const std::function<Sample()> sample_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_METRICS_H_
