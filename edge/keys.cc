#include "edge/keys.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "services/common/backoff.h"

namespace ledgercast {

Keys::Keys(const Options& options, Fetch fetch, Clock clock, std::function<double()> random)
    : options_(options),
      fetch_(std::move(fetch)),
      clock_(std::move(clock)),
      random_(std::move(random)),
      thread_([this] { Run(); }) {}

Keys::~Keys() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  thread_.join();
}

std::shared_ptr<const TokenVerifier> Keys::verifier() const {
  absl::MutexLock lock(&mu_);
  return verifier_;
}

void Keys::Refetch(std::function<void()> done) {
  {
    absl::MutexLock lock(&mu_);
    const bool cooling = clock_() - fetched_at_ < options_.refetch_cooldown;
    if (!stopping_ && !cooling) {
      waiting_.push_back(std::move(done));
      return;
    }
  }
  done();
}

void Keys::Run() {
  Backoff backoff(options_.first_retry, options_.longest_retry, random_);
  while (true) {
    const bool fetched = FetchOnce();
    if (fetched) backoff.Reset();
    std::vector<std::function<void()>> waiting;
    bool stopping = false;
    {
      absl::MutexLock lock(&mu_);
      waiting.swap(waiting_);
      const bool known = verifier_ != nullptr;
      stopping = stopping_;
      if (!stopping && waiting.empty()) {
        mu_.AwaitWithTimeout(absl::Condition(this, &Keys::ShouldWake),
                             known ? options_.refresh_interval : backoff.Next());
        stopping = stopping_;
      }
    }
    for (const auto& done : waiting) done();
    if (stopping) return;
  }
}

bool Keys::FetchOnce() {
  const auto verifier = FetchVerifier();
  absl::MutexLock lock(&mu_);
  fetched_at_ = clock_();
  if (!verifier.ok()) {
    spdlog::warn("the keys cannot be fetched: {}", verifier.status().ToString());
    return false;
  }
  verifier_ = *verifier;
  return true;
}

absl::StatusOr<std::shared_ptr<const TokenVerifier>> Keys::FetchVerifier() const {
  const absl::StatusOr<std::vector<v1::JsonWebKey>> keys = fetch_();
  if (!keys.ok()) return keys.status();
  // No relay speaks to an edge, so none of the keys is a relay's.
  return TokenVerifier::Create(options_.verifier, *keys, {}, clock_);
}

}  // namespace ledgercast
