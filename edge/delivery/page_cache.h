#ifndef EDGE_DELIVERY_PAGE_CACHE_H_
#define EDGE_DELIVERY_PAGE_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "edge/delivery/feed.h"
#include "edge/delivery/history.h"
#include "edge/delivery/shared_calls.h"

namespace ledgercast {

// Lets readers that ask for the same accounts at the same position share a page: those that ask
// while the service is being asked, and those that come soon after. What is behind the head never
// changes, so a page stays valid as long as the feed is the same.
//
// Thread-safe: shared by all shards.
class PageCache : public History {
 public:
  struct Options {
    // The newest pages are kept, within both of these limits.
    size_t max_pages = 64;
    int64_t max_bytes = int64_t{16} << 20;
  };

  // `history` and `feeds` outlive every use of this, and this outlives the calls under way.
  PageCache(const Options& options, History* history, const FeedSource* feeds)
      : options_(options), history_(history), feeds_(feeds) {}

  void Read(Cursor after, std::vector<std::string> accounts,
            const std::shared_ptr<CallOff>& call_off, PageDone done) override
      ABSL_LOCKS_EXCLUDED(mu_);
  void Balance(std::string account, Cursor at, const std::shared_ptr<CallOff>& call_off,
               BalanceDone done) override {
    history_->Balance(std::move(account), std::move(at), call_off, std::move(done));
  }

 private:
  struct Nothing {};
  using Calls = SharedCalls<HistoryPagePtr, Nothing>;
  struct Kept {
    std::string key;
    HistoryPagePtr page;
    int64_t bytes = 0;
  };

  // What the page is kept under while the feed is the one that is current now.
  std::string KeyOf(const Cursor& after, const std::vector<std::string>& accounts)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  HistoryPagePtr Find(const std::string& key) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Keep(const std::string& key, const Cursor& after, const HistoryPagePtr& page)
      ABSL_LOCKS_EXCLUDED(mu_);

  const Options options_;
  History* const history_;
  const FeedSource* const feeds_;
  Calls calls_;

  absl::Mutex mu_;
  // The feed that the kept pages are of, and its number. Each feed that is seen gets the next
  // number.
  std::weak_ptr<Feed> feed_ ABSL_GUARDED_BY(mu_);
  int64_t feed_number_ ABSL_GUARDED_BY(mu_) = 0;
  // The kept pages, the newest one last.
  std::deque<Kept> kept_ ABSL_GUARDED_BY(mu_);
  int64_t kept_bytes_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace ledgercast

#endif  // EDGE_DELIVERY_PAGE_CACHE_H_
