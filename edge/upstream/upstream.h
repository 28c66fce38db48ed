#ifndef EDGE_UPSTREAM_UPSTREAM_H_
#define EDGE_UPSTREAM_UPSTREAM_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "edge/delivery/feed.h"
#include "edge/metrics/counts.h"
#include "edge/upstream/watch_stream.h"
#include "services/common/base/stop_flag.h"

namespace ledgercast {

// Keeps the edge's feed current by one watch of everything. The watch may break: the service
// restarts, the network goes silent, a token expires. It then goes on from the feed's head after a
// jittered back-off, which starts afresh after progress. If the service does not know that head, or
// tells another history, a new feed begins at the service's head. The readers of the old feed learn
// that by `on_growth`.
//
// It has one thread of its own, which Start() begins and Stop() ends.
class Upstream {
 public:
  struct Options {
    TransactionLog::Options ring;
    absl::Duration progress_interval = absl::Seconds(1);
    // A stream that says nothing for this long counts as dead, even if TCP has not noticed.
    absl::Duration silence_limit = absl::Seconds(5);
    absl::Duration first_retry = absl::Milliseconds(50);
    absl::Duration longest_retry = absl::Seconds(2);
  };

  // `on_growth` runs on the upstream's thread, after each change of the feed. `random` draws from
  // [0, 1). `source` and `counts` outlive this.
  Upstream(const Options& options, WatchStreamFactory factory, FeedSource* source,
           std::function<void()> on_growth, std::function<double()> random, UpstreamCounts* counts);
  ~Upstream();

  void Start();
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

  // Runs the loop, and returns after Stop(). It is public for tests that give it a thread.
  void Run() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // Follows one stream to its end, and returns why it ended.
  absl::Status Follow(WatchStream* stream, bool* progressed);
  // Appends a response to the feed. Returns DATA_LOSS if it contradicts the feed, so that a new
  // feed has to begin, and ABORTED if it leaves a gap, so that the watch has to resume.
  absl::Status Apply(v1::WatchTransactionsResponse response);
  absl::Status BeginFeed(const v1::WatchTransactionsResponse& response);
  v1::WatchTransactionsRequest NextRequest() const;
  // Makes Stop() cancel `stream`. Returns false if this was stopped already.
  bool Adopt(WatchStream* stream) ABSL_LOCKS_EXCLUDED(mu_);
  // Waits for `duration`. Returns false if this was stopped meanwhile.
  bool Sleep(absl::Duration duration);

  const Options options_;
  const WatchStreamFactory factory_;
  FeedSource* const source_;
  const std::function<void()> on_growth_;
  const std::function<double()> random_;
  UpstreamCounts* const counts_;

  // The following two are used by the upstream's thread only.
  std::shared_ptr<Feed> feed_;
  // True if the next stream starts at the service's head with a new feed.
  bool begins_anew_ = true;

  StopFlag stop_;

  absl::Mutex mu_;
  WatchStream* current_ ABSL_GUARDED_BY(mu_) = nullptr;

  std::thread thread_;
};

}  // namespace ledgercast

#endif  // EDGE_UPSTREAM_UPSTREAM_H_
