#include "services/transaction/api/guess_limiter.h"

#include <algorithm>
#include <cmath>

#include "services/common/errors.h"

namespace ledgercast {
namespace {

constexpr char kRetryInfoUrl[] = "type.googleapis.com/google.rpc.RetryInfo";

absl::Status MustWait(absl::Duration wait) {
  const std::string seconds =
      std::to_string(absl::ToInt64Seconds(absl::Ceil(wait, absl::Seconds(1))));
  absl::Status status =
      MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy,
                "too many wrong passwords for this username; try again in " + seconds + " s",
                {{"retryAfterSeconds", seconds}});
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(wait));
  info.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(wait % absl::Seconds(1))));
  status.SetPayload(kRetryInfoUrl, absl::Cord(info.SerializeAsString()));
  return status;
}

}  // namespace

absl::Duration GuessLimiter::WaitAfter(int failures) const {
  if (failures < options_.free_failures) return absl::ZeroDuration();
  return std::min(options_.longest_wait,
                  options_.first_wait * std::ldexp(1.0, failures - options_.free_failures));
}

absl::Status GuessLimiter::Admit(const std::string& username) const {
  absl::MutexLock lock(&mu_);
  const auto found = failures_.find(username);
  if (found == failures_.end()) return absl::OkStatus();
  const absl::Duration wait = found->second.last + WaitAfter(found->second.count) - clock_();
  return wait > absl::ZeroDuration() ? MustWait(wait) : absl::OkStatus();
}

void GuessLimiter::Failed(const std::string& username) {
  const absl::Time now = clock_();
  absl::MutexLock lock(&mu_);
  if (!failures_.contains(username)) MakeRoom(now);
  Failures& failures = failures_[username];
  failures.count = now - failures.last < options_.forget_after ? failures.count + 1 : 1;
  failures.last = now;
}

void GuessLimiter::Succeeded(const std::string& username) {
  absl::MutexLock lock(&mu_);
  failures_.erase(username);
}

void GuessLimiter::MakeRoom(absl::Time now) {
  if (failures_.size() < options_.max_usernames) return;
  absl::erase_if(failures_, [&](const auto& entry) {
    return now - entry.second.last >= options_.forget_after;
  });
  if (failures_.size() < options_.max_usernames) return;
  failures_.erase(
      std::min_element(failures_.begin(), failures_.end(),
                       [](const auto& a, const auto& b) { return a.second.last < b.second.last; }));
}

}  // namespace ledgercast
