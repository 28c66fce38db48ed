#include "services/common/keys.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "services/common/backoff.h"
#include "services/common/errors.h"

namespace ledgercast {

absl::StatusOr<std::unique_ptr<Keys>> Keys::Start(const Options& options, TokenKeys known,
                                                  Fetches fetches, Clock clock,
                                                  std::function<double()> random) {
  std::unique_ptr<Keys> keys(
      new Keys(options, std::move(known), std::move(fetches), std::move(clock), std::move(random)));
  if (!keys->keys_.own.empty()) {
    auto verifier = TokenVerifier::Create(options.verifier, keys->keys_, keys->clock_);
    if (!verifier.ok()) return verifier.status();
    absl::MutexLock lock(&keys->mu_);
    keys->verifier_ = *std::move(verifier);
  }
  if (!keys->sources_.empty()) keys->thread_ = std::thread([raw = keys.get()] { raw->Run(); });
  return keys;
}

Keys::Keys(const Options& options, TokenKeys known, Fetches fetches, Clock clock,
           std::function<double()> random)
    : options_(options),
      clock_(std::move(clock)),
      random_(std::move(random)),
      keys_(std::move(known)) {
  if (fetches.own) sources_.push_back({"the service", std::move(fetches.own), &keys_.own});
  if (fetches.oidc) {
    sources_.push_back({"the OpenID provider", std::move(fetches.oidc), &keys_.oidc});
  }
}

Keys::~Keys() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const TokenVerifier> Keys::verifier() const {
  absl::MutexLock lock(&mu_);
  return verifier_;
}

void Keys::Refetch(std::function<void()> done) {
  {
    absl::MutexLock lock(&mu_);
    const bool cooling = clock_() - fetched_at_ < options_.refetch_cooldown;
    if (!stopping_ && !cooling && !sources_.empty()) {
      waiting_.push_back(std::move(done));
      return;
    }
  }
  done();
}

void Keys::Run() {
  Backoff backoff(options_.first_retry, options_.longest_retry, random_);
  while (true) {
    const bool knows_all = FetchAll();
    if (knows_all) backoff.Reset();
    std::vector<std::function<void()>> waiting;
    bool stopping = false;
    {
      absl::MutexLock lock(&mu_);
      waiting.swap(waiting_);
      stopping = stopping_;
      if (!stopping && waiting.empty()) {
        mu_.AwaitWithTimeout(absl::Condition(this, &Keys::ShouldWake),
                             knows_all ? options_.refresh_interval : backoff.Next());
        stopping = stopping_;
      }
    }
    for (const auto& done : waiting) done();
    if (stopping) return;
  }
}

bool Keys::FetchAll() {
  bool fetched = false;
  bool knows_all = true;
  for (Source& source : sources_) {
    fetched = FetchOne(&source) || fetched;
    knows_all = knows_all && source.was_fetched;
  }
  absl::StatusOr<std::shared_ptr<const TokenVerifier>> verifier(nullptr);
  if (fetched) verifier = TokenVerifier::Create(options_.verifier, keys_, clock_);
  if (!verifier.ok()) spdlog::warn("keys cannot be used: {}", MessageOf(verifier.status()));
  absl::MutexLock lock(&mu_);
  fetched_at_ = clock_();
  if (fetched && verifier.ok()) verifier_ = *std::move(verifier);
  return knows_all && verifier.ok();
}

bool Keys::FetchOne(Source* source) {
  auto keys = source->fetch();
  if (!keys.ok()) {
    if (!source->said_away) {
      spdlog::warn("the keys of {} cannot be fetched: {}", source->name, MessageOf(keys.status()));
    }
    source->said_away = true;
    return false;
  }
  *source->keys = *std::move(keys);
  source->was_fetched = true;
  source->said_away = false;
  return true;
}

}  // namespace ledgercast
