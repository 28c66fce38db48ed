#include "services/common/auth/keys.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "services/common/base/backoff.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

// Interval at which a delayed fetch checks whether it may start.
constexpr absl::Duration kBucketPoll = absl::Milliseconds(20);

}  // namespace

absl::StatusOr<std::unique_ptr<Keys>> Keys::Start(const Options& options, TokenKeys known,
                                                  Fetches fetches, Clocks clocks,
                                                  std::function<double()> random) {
  std::unique_ptr<Keys> keys(new Keys(options, std::move(known), std::move(fetches),
                                      std::move(clocks), std::move(random)));
  if (!keys->keys_.own.empty()) {
    auto verifier = TokenVerifier::Create(options.verifier, keys->keys_, keys->clocks_.wall);
    if (!verifier.ok()) return verifier.status();
    absl::MutexLock lock(&keys->mu_);
    keys->verifier_ = *std::move(verifier);
  }
  if (!keys->sources_.empty()) keys->thread_ = std::thread([raw = keys.get()] { raw->Run(); });
  return keys;
}

Keys::Keys(const Options& options, TokenKeys known, Fetches fetches, Clocks clocks,
           std::function<double()> random)
    : options_(options),
      clocks_(std::move(clocks)),
      random_(std::move(random)),
      keys_(std::move(known)) {
  if (fetches.own) sources_.push_back({"the service", std::move(fetches.own), &keys_.own});
  if (fetches.oidc) {
    sources_.push_back({"the OpenID provider", std::move(fetches.oidc), &keys_.oidc});
  }
}

Keys::~Keys() {
  stop_.Set();
  changed_.Ring();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const TokenVerifier> Keys::verifier() const {
  absl::MutexLock lock(&mu_);
  return verifier_;
}

void Keys::Refetch(const std::string& key_id, std::function<void()> done) {
  bool waits = false;
  {
    absl::MutexLock lock(&mu_);
    waits = !stop_.IsSet() && !sources_.empty() && !IsMissing(key_id) &&
            waiting_.size() < options_.max_waiting;
    if (waits) waiting_.push_back({key_id, std::move(done)});
  }
  if (!waits) return done();
  changed_.Ring();
}

bool Keys::IsMissing(const std::string& key_id) const {
  const auto noted = missing_.find(key_id);
  return noted != missing_.end() &&
         clocks_.steady() - noted->second < options_.missing_key_cooldown;
}

void Keys::Run() {
  Backoff backoff(options_.first_retry, options_.longest_retry, random_);
  bool goes_on = true;
  while (goes_on) {
    std::vector<Waiting> waiting;
    {
      // Callers that come during this fetch wait for the next one, because this one may have read
      // the keys before theirs was added.
      absl::MutexLock lock(&mu_);
      waiting.swap(waiting_);
    }
    const Fetched fetched = FetchAll();
    if (fetched.all_ever) backoff.Reset();
    if (fetched.all_now) NoteMissing(waiting);
    for (const Waiting& one : waiting) one.done();
    goes_on = AwaitNextFetch(fetched.all_ever ? options_.refresh_interval : backoff.Next());
  }
  std::vector<Waiting> waiting;
  {
    absl::MutexLock lock(&mu_);
    waiting.swap(waiting_);
  }
  for (const Waiting& one : waiting) one.done();
}

bool Keys::AwaitNextFetch(absl::Duration longest) {
  changed_.WaitUntil([this] { return stop_.IsSet() || AnyoneWaits(); }, longest);
  while (AnyoneWaits() && !refetches_.Take(options_.refetches, clocks_.steady())) {
    if (stop_.WaitFor(kBucketPoll)) return false;
  }
  return !stop_.IsSet();
}

void Keys::NoteMissing(const std::vector<Waiting>& waiting) {
  absl::MutexLock lock(&mu_);
  const absl::Time now = clocks_.steady();
  if (missing_.size() >= options_.max_missing_keys) {
    absl::erase_if(missing_, [this, now](const auto& one) {
      return now - one.second >= options_.missing_key_cooldown;
    });
  }
  for (const Waiting& one : waiting) {
    if (verifier_->HasKey(one.key_id) || missing_.size() >= options_.max_missing_keys) continue;
    missing_[one.key_id] = now;
  }
}

Keys::Fetched Keys::FetchAll() {
  Fetched fetched{true, true};
  bool any_now = false;
  for (Source& source : sources_) {
    const bool now = FetchOne(&source);
    any_now = any_now || now;
    fetched.all_now = fetched.all_now && now;
    fetched.all_ever = fetched.all_ever && source.was_fetched;
  }
  if (!any_now) return fetched;
  auto verifier = TokenVerifier::Create(options_.verifier, keys_, clocks_.wall);
  if (!verifier.ok()) {
    spdlog::warn("keys cannot be used: {}", MessageOf(verifier.status()));
    return {};
  }
  absl::MutexLock lock(&mu_);
  verifier_ = *std::move(verifier);
  return fetched;
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
