#include "edge/upstream/revocation_poller.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

// The time since which all revocations are known moves on with the clock. It moves by more than
// this when the service had to forget some of them.
constexpr absl::Duration kLongestPause = absl::Minutes(1);

}  // namespace

RevocationPoller::RevocationPoller(const Options& options, Fetch fetch,
                                   std::function<void()> on_change)
    : options_(options),
      fetch_(std::move(fetch)),
      on_change_(std::move(on_change)),
      current_(std::make_shared<const RevokedTokens>()),
      thread_([this] { Run(); }) {}

RevocationPoller::~RevocationPoller() {
  stop_.Set();
  thread_.join();
}

std::shared_ptr<const RevokedTokens> RevocationPoller::current() const {
  absl::MutexLock lock(&mu_);
  return current_;
}

void RevocationPoller::Run() {
  do {
    FetchOnce();
  } while (!stop_.WaitFor(options_.poll_interval));
}

void RevocationPoller::FetchOnce() {
  const absl::StatusOr<RevokedTokens> fetched = fetch_();
  if (!fetched.ok()) {
    if (!said_lost_) {
      spdlog::warn("cannot ask which tokens were revoked: {}", MessageOf(fetched.status()));
    }
    said_lost_ = true;
    return;
  }
  said_lost_ = false;
  {
    absl::MutexLock lock(&mu_);
    const bool changed = fetched->lowest_good() != current_->lowest_good() ||
                         fetched->ended_families() != current_->ended_families() ||
                         fetched->known_since() - current_->known_since() > kLongestPause;
    current_ = std::make_shared<const RevokedTokens>(*fetched);
    if (!changed || stop_.IsSet()) return;
  }
  on_change_();
}

}  // namespace ledgercast
