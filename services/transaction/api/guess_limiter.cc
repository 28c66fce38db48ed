#include "services/transaction/api/guess_limiter.h"

#include <algorithm>
#include <cmath>

#include "services/transaction/api/too_busy.h"

namespace ledgercast {
namespace {

constexpr char kGuessed[] = "too many wrong passwords for this username";

}  // namespace

// --- counting ---

absl::Duration GuessLimiter::WaitAfter(double failures, int free_failures) const {
  if (failures < free_failures) return absl::ZeroDuration();
  return std::min(options_.longest_wait, options_.first_wait * std::exp2(failures - free_failures));
}

template <typename Key>
double GuessLimiter::CountOf(const Table<Key>& table, const Key& key, absl::Time now) const {
  const auto found = table.find(key);
  if (found == table.end() || now - found->second.last >= options_.forget_after) return 0;
  return found->second.count;
}

template <typename Key>
absl::Duration GuessLimiter::RestOfWait(const Table<Key>& table, const Key& key, int free_failures,
                                        absl::Time now) const {
  const auto found = table.find(key);
  if (found == table.end()) return absl::ZeroDuration();
  return found->second.last + WaitAfter(found->second.count, free_failures) - now;
}

double GuessLimiter::Forgiven(const Failures& failures, absl::Time now) const {
  const double forgiven = absl::FDivDuration(now - failures.last, options_.forgive_one_after);
  return std::max(0.0, failures.count - std::max(0.0, forgiven));
}

bool GuessLimiter::IsCleanClient(const std::string& client, absl::Time now) const {
  const auto found = clients_.find(client);
  return found == clients_.end() || Forgiven(found->second, now) < options_.free_failures;
}

template <typename Key>
GuessLimiter::Failures* GuessLimiter::FindOrAdd(Table<Key>* table, const Key& key,
                                                size_t max_entries, absl::Time now) {
  if (!table->contains(key) && table->size() >= max_entries) {
    absl::erase_if(*table, [&](const auto& entry) {
      return now - entry.second.last >= options_.forget_after;
    });
    if (table->size() >= max_entries) {
      table->erase(std::min_element(table->begin(), table->end(), [](const auto& a, const auto& b) {
        return a.second.last < b.second.last;
      }));
    }
  }
  return &(*table)[key];
}

// --- public methods ---

absl::Status GuessLimiter::Admit(const std::string& username, const std::string& client) {
  const absl::Time now = clock_();
  absl::MutexLock lock(&mu_);
  const absl::Duration of_client =
      RestOfWait(pairs_, Pair(username, client), options_.free_failures, now);
  if (of_client > absl::ZeroDuration()) {
    ++refusals_.of_client;
    return TooBusyFor(of_client, kGuessed);
  }
  if (IsCleanClient(client, now)) return absl::OkStatus();
  const absl::Duration of_username =
      RestOfWait(usernames_, username, options_.free_failures_of_username, now);
  if (of_username <= absl::ZeroDuration()) return absl::OkStatus();
  ++refusals_.of_username;
  return TooBusyFor(of_username, kGuessed);
}

Standing GuessLimiter::StandingOf(const std::string& username, const std::string& client) const {
  const absl::Time now = clock_();
  absl::MutexLock lock(&mu_);
  const bool client_failed = !IsCleanClient(client, now);
  const bool username_failed = CountOf(usernames_, username, now) >= options_.free_failures;
  if (client_failed && username_failed) return Standing::kSuspect;
  return client_failed || username_failed ? Standing::kDoubtful : Standing::kClean;
}

void GuessLimiter::Failed(const std::string& username, const std::string& client) {
  const absl::Time now = clock_();
  absl::MutexLock lock(&mu_);
  Failures* const of_client = FindOrAdd(&clients_, client, options_.max_clients, now);
  *of_client = {Forgiven(*of_client, now) + 1, now};
  if (username.empty()) return;
  const Pair pair(username, client);
  const double of_pair = CountOf(pairs_, pair, now);
  *FindOrAdd(&pairs_, pair, options_.max_pairs, now) = {of_pair + 1, now};
  const double of_username = CountOf(usernames_, username, now);
  *FindOrAdd(&usernames_, username, options_.max_usernames, now) = {of_username + 1, now};
}

void GuessLimiter::Succeeded(const std::string& username, const std::string& client) {
  absl::MutexLock lock(&mu_);
  pairs_.erase(Pair(username, client));
}

void GuessLimiter::Forget(const std::string& username) {
  absl::MutexLock lock(&mu_);
  usernames_.erase(username);
  absl::erase_if(pairs_, [&](const auto& entry) { return entry.first.first == username; });
}

GuessLimiter::Refusals GuessLimiter::refusals() const {
  absl::MutexLock lock(&mu_);
  return refusals_;
}

}  // namespace ledgercast
