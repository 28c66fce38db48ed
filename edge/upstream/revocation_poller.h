#ifndef EDGE_UPSTREAM_REVOCATION_POLLER_H_
#define EDGE_UPSTREAM_REVOCATION_POLLER_H_

#include <functional>
#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/common/auth/revoked_tokens.h"
#include "services/common/base/stop_flag.h"

namespace ledgercast {

// Asks the service at an interval which tokens it has revoked, so that the sockets of users who
// were revoked or demoted are closed within seconds. While the service cannot be reached the last
// answer stays valid, and all other tokens are good until they expire.
//
// One thread of its own asks the service. current() may be called from any thread.
class RevocationPoller {
 public:
  // Asks the service, and blocks.
  using Fetch = std::function<absl::StatusOr<RevokedTokens>()>;

  struct Options {
    // Each replica of the service learns within half a second what another one revoked.
    absl::Duration poll_interval = absl::Seconds(1);
  };

  // `on_change` runs on the poller's thread when there is something new.
  RevocationPoller(const Options& options, Fetch fetch, std::function<void()> on_change);
  // Stops the thread and joins it. A fetch under way is waited for.
  ~RevocationPoller();

  std::shared_ptr<const RevokedTokens> current() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Run() ABSL_LOCKS_EXCLUDED(mu_);
  void FetchOnce() ABSL_LOCKS_EXCLUDED(mu_);

  const Options options_;
  const Fetch fetch_;
  const std::function<void()> on_change_;
  // True while the last fetch failed, which is logged once. Used by the poller's thread only.
  bool said_lost_ = false;

  StopFlag stop_;

  mutable absl::Mutex mu_;
  std::shared_ptr<const RevokedTokens> current_ ABSL_GUARDED_BY(mu_);

  std::thread thread_;
};

}  // namespace ledgercast

#endif  // EDGE_UPSTREAM_REVOCATION_POLLER_H_
