#include "services/transaction/api/revocations.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

// The largest expected difference between the clocks of replicas and the database.
constexpr absl::Duration kClockLeeway = absl::Minutes(1);

}  // namespace

absl::StatusOr<std::unique_ptr<Revocations>> Revocations::Start(Store* store, Options options,
                                                                Clock clock) {
  auto revocations =
      std::unique_ptr<Revocations>(new Revocations(store, options, std::move(clock)));
  if (const absl::Status loaded = revocations->Load(); !loaded.ok()) return loaded;
  revocations->thread_ = std::thread([self = revocations.get()] { self->Loop(); });
  return revocations;
}

Revocations::Revocations(Store* store, Options options, Clock clock)
    : store_(store), options_(options), clock_(std::move(clock)) {}

Revocations::~Revocations() {
  stop_.Set();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const RevokedTokens> Revocations::snapshot() const {
  absl::MutexLock lock(&mu_);
  return snapshot_;
}

void Revocations::Add(const std::string& account, int64_t generation) {
  absl::MutexLock lock(&mu_);
  snapshot_ = snapshot_->With(account, generation);
  added_.emplace_back(account, generation);
}

void Revocations::AddFamily(const std::string& family) {
  absl::MutexLock lock(&mu_);
  snapshot_ = snapshot_->WithFamily(family);
  added_families_.push_back(family);
}

absl::Status Revocations::Load() {
  {
    absl::MutexLock lock(&mu_);
    added_.clear();
    added_families_.clear();
  }
  absl::Time known_since = clock_() - options_.token_lifetime - kClockLeeway;
  const absl::Duration max_age = options_.token_lifetime + 2 * kClockLeeway;
  // If more were found than are kept, the last one is the newest that is not kept. Tokens state
  // their time in whole seconds, so one second is added.
  const auto keep_newest = [&](auto* found) {
    if (static_cast<int64_t>(found->size()) <= options_.max_revocations) return;
    known_since = std::max(known_since, found->back().time + absl::Seconds(1));
    found->pop_back();
  };
  auto found = store_->ListRevocations(max_age, options_.max_revocations + 1);
  if (!found.ok()) return found.status();
  auto ended = store_->ListEndedFamilies(max_age, options_.max_revocations + 1);
  if (!ended.ok()) return ended.status();
  keep_newest(&*found);
  keep_newest(&*ended);
  RevokedTokens::Families families;
  families.reserve(ended->size());
  for (const EndedFamily& family : *ended) families.insert(family.id);
  RevokedTokens::LowestGood lowest_good;
  lowest_good.reserve(found->size());
  for (const Revocation& revocation : *found) {
    lowest_good[revocation.account] = revocation.generation;
  }
  std::shared_ptr<const RevokedTokens> fresh =
      std::make_shared<RevokedTokens>(std::move(lowest_good), known_since, std::move(families));
  absl::MutexLock lock(&mu_);
  for (const auto& [account, generation] : added_) fresh = fresh->With(account, generation);
  for (const std::string& family : added_families_) fresh = fresh->WithFamily(family);
  snapshot_ = std::move(fresh);
  return absl::OkStatus();
}

void Revocations::Loop() {
  bool said_lost = false;
  while (!stop_.WaitFor(options_.poll_interval)) {
    const absl::Status loaded = Load();
    if (!loaded.ok() && !said_lost) {
      spdlog::warn("cannot read which tokens were revoked: {}", MessageOf(loaded));
    }
    said_lost = !loaded.ok();
  }
}

}  // namespace ledgercast
