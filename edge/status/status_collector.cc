#include "edge/status/status_collector.h"

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "edge/status/status_scan.h"
#include "services/common/base/errors.h"

namespace ledgercast {

// Merges the pages of all shards into one page, and hands it over when the last shard is done.
class StatusCollector::Gathering {
 public:
  Gathering(StatusCollector* collector, const StatusQuery& query, Done done)
      : collector_(collector),
        done_(std::move(done)),
        left_(collector->entries_.size()),
        page_(query) {}
  ~Gathering() { --collector_->gatherings_; }

  void Add(StatusPage page) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    page_.Merge(std::move(page));
    if (--left_ == 0) done_(page_.Finish(collector_->edge_()));
  }

 private:
  StatusCollector* const collector_;
  const Done done_;
  absl::Mutex mu_;
  size_t left_ ABSL_GUARDED_BY(mu_);
  StatusPage page_ ABSL_GUARDED_BY(mu_);
};

absl::Status StatusCollector::Gather(const StatusQuery& query, Done done) {
  if (++gatherings_ > kMaxGatherings) {
    --gatherings_;
    return MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy,
                     "others are looking at the clients; try again");
  }
  const auto gathering = std::make_shared<Gathering>(this, query, std::move(done));
  for (const ShardEntry& entry : entries_) {
    entry.shard->Post([gathering, query, entry] {
      StatusScan::Start(query, entry.clients, entry.hub, entry.shard,
                        [gathering](StatusPage page) { gathering->Add(std::move(page)); });
    });
  }
  return absl::OkStatus();
}

}  // namespace ledgercast
