#include "tests/support/fake_refresh.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"

namespace ledgercast::testing {

void FakeRefreshStore::Displace(const std::string& account, int64_t max_families) {
  std::vector<std::pair<absl::Time, std::string>> of_account;
  for (const auto& [id, family] : families_) {
    if (family.account == account && !family.is_legacy) {
      of_account.emplace_back(family.rotate_time, id);
    }
  }
  std::sort(of_account.begin(), of_account.end());
  const auto count = static_cast<int64_t>(of_account.size());
  for (int64_t i = 0; i < count - max_families + 1; ++i) {
    families_.erase(of_account[static_cast<size_t>(i)].second);
  }
}

absl::Status FakeRefreshStore::BeginFamily(const std::string& family, const std::string& account,
                                           absl::Duration lifetime, int64_t max_families) {
  const absl::Time now = absl::Now();
  absl::MutexLock lock(&mu_);
  std::erase_if(families_, [&](const auto& entry) { return entry.second.expire_time < now; });
  Displace(account, max_families);
  families_[family] = {account, 1, false, now, now + lifetime};
  return absl::OkStatus();
}

absl::StatusOr<RefreshResult> FakeRefreshStore::UseRefreshToken(const RefreshUse& use) {
  const absl::Time now = absl::Now();
  absl::MutexLock lock(&mu_);
  if (use.is_legacy) {
    families_.try_emplace(use.family, Family{use.account, 0, true, now, now + use.lifetime});
  }
  const auto found = families_.find(use.family);
  if (found == families_.end() || found->second.account != use.account) return RefreshResult();
  Family& family = found->second;
  const bool is_over = family.end_time <= now || family.expire_time <= now;
  const RefreshOutcome outcome =
      JudgeRefresh({family.number, now - family.rotate_time, is_over}, use);
  if (outcome == RefreshOutcome::kRotated) {
    ++family.number;
    family.rotate_time = now;
    family.expire_time = now + use.lifetime;
  }
  if (outcome == RefreshOutcome::kReused) family.end_time = now;
  return RefreshResult{outcome, family.number};
}

absl::StatusOr<std::vector<EndedFamily>> FakeRefreshStore::ListEndedFamilies(absl::Duration max_age,
                                                                             int64_t max_families) {
  const absl::Time now = absl::Now();
  absl::MutexLock lock(&mu_);
  std::vector<EndedFamily> ended;
  for (const auto& [id, family] : families_) {
    if (family.end_time <= now && now - family.end_time < max_age) {
      ended.push_back({id, family.end_time});
    }
  }
  std::sort(ended.begin(), ended.end(),
            [](const EndedFamily& a, const EndedFamily& b) { return a.time > b.time; });
  if (static_cast<int64_t>(ended.size()) > max_families) {
    ended.resize(static_cast<size_t>(max_families));
  }
  return ended;
}

}  // namespace ledgercast::testing
