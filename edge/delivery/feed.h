#ifndef EDGE_DELIVERY_FEED_H_
#define EDGE_DELIVERY_FEED_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/common/ledger/cursor.h"
#include "services/common/ledger/transaction_log.h"

namespace ledgercast {

// One unbroken history of one ledger, as far as the edge holds it. The service may turn out to have
// another history, after a failover that lost commits or with another database. The edge then
// starts another Feed instead of changing this one, so that nobody ever reads a mixture.
struct Feed {
  Feed(std::string ledger_name, const Position& start, const TransactionLog::Options& options)
      : ledger(std::move(ledger_name)), log(start, options) {}

  Cursor CursorAt(const Position& position) const { return {ledger, position}; }
  std::string CursorText(const Position& position) const { return FormatCursor(ledger, position); }

  const std::string ledger;
  TransactionLog log;
};

// Holds the newest Feed for the shards. Thread-safe.
class FeedSource {
 public:
  // Returns null until the service was reached for the first time.
  std::shared_ptr<Feed> current() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return feed_;
  }
  void Replace(std::shared_ptr<Feed> feed) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    feed_.swap(feed);
  }

 private:
  mutable absl::Mutex mu_;
  std::shared_ptr<Feed> feed_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast

#endif  // EDGE_DELIVERY_FEED_H_
