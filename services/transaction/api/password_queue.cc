#include "services/transaction/api/password_queue.h"

#include <algorithm>
#include <utility>

#include "services/common/base/clock.h"
#include "services/transaction/api/too_busy.h"

namespace ledgercast {
namespace {

constexpr std::array<double, PasswordQueue::kLanes> kShares = {4, 2, 1};
// The share of `max_wait` that the work of each lane may reach.
constexpr std::array<double, PasswordQueue::kLanes> kWaitShares = {1, 0.1, 0.1};
// Weight of the newest hash in the expected time of the next one.
constexpr double kNewestWeight = 0.1;
constexpr absl::Duration kShortestRetry = absl::Seconds(1);

}  // namespace

PasswordQueue::PasswordQueue(Options options) : options_(options) {
  stats_.expected_hash = options_.expected_hash;
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Loop(); });
}

PasswordQueue::~PasswordQueue() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

// --- submitting ---

void PasswordQueue::Submit(Job job) {
  std::vector<Refused> refused;
  {
    absl::MutexLock lock(&mu_);
    Lane& lane = lanes_[static_cast<size_t>(job.standing)];
    if (!stopping_ && MakeRoom(&lane, job.client, &refused)) {
      if (lane.jobs == 0) lane.used = std::max(lane.used, used_);
      std::deque<Queued>& jobs = lane.jobs_by_client[job.client];
      if (jobs.empty()) lane.turns.push_back(job.client);
      jobs.push_back({std::move(job), SteadyNow()});
      ++lane.jobs;
    } else {
      ++stats_.refused_full;
      refused.emplace_back(std::move(job), TooBusy(lane));
    }
  }
  for (const auto& [ended, status] : refused) ended.refuse(status);
}

bool PasswordQueue::IsFull(const Lane& lane) const {
  if (lane.jobs >= options_.max_jobs_per_lane) return true;
  // Each thread may always have one waiting job, however slow hashes are.
  if (lane.jobs < static_cast<size_t>(options_.threads)) return false;
  return stats_.expected_hash * static_cast<double>(lane.jobs) / options_.threads >=
         options_.max_wait * kWaitShares[static_cast<size_t>(&lane - lanes_.data())];
}

absl::Status PasswordQueue::TooBusy(const Lane& lane) const {
  const absl::Duration work =
      stats_.expected_hash * static_cast<double>(lane.jobs) / options_.threads;
  return TooBusyFor(std::max(work, kShortestRetry), "too many sign-ins are waiting");
}

bool PasswordQueue::MakeRoom(Lane* lane, const std::string& client, std::vector<Refused>* refused) {
  if (!IsFull(*lane)) return true;
  RemoveUnwanted(lane, refused);
  if (!IsFull(*lane)) return true;
  const auto most = std::max_element(
      lane->jobs_by_client.begin(), lane->jobs_by_client.end(),
      [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  const auto own = lane->jobs_by_client.find(client);
  const size_t with_this = own == lane->jobs_by_client.end() ? 1 : own->second.size() + 1;
  if (most->second.size() <= with_this) return false;
  ++stats_.refused_displaced;
  refused->emplace_back(std::move(most->second.back().job), TooBusy(*lane));
  most->second.pop_back();
  --lane->jobs;
  return true;
}

void PasswordQueue::RemoveUnwanted(Lane* lane, std::vector<Refused>* refused) {
  for (auto client = lane->jobs_by_client.begin(); client != lane->jobs_by_client.end();) {
    std::deque<Queued>& jobs = client->second;
    std::deque<Queued> wanted;
    for (Queued& queued : jobs) {
      const absl::Status status = CheckWanted(queued.job);
      if (status.ok()) {
        wanted.push_back(std::move(queued));
      } else {
        refused->emplace_back(std::move(queued.job), status);
      }
    }
    lane->jobs -= jobs.size() - wanted.size();
    jobs = std::move(wanted);
    const auto here = client++;
    if (jobs.empty()) {
      lane->turns.erase(std::find(lane->turns.begin(), lane->turns.end(), here->first));
      lane->jobs_by_client.erase(here);
    }
  }
}

absl::Status PasswordQueue::CheckWanted(const Job& job) {
  if (job.is_cancelled && job.is_cancelled()) {
    ++stats_.dropped_cancelled;
    return absl::CancelledError("the caller has left");
  }
  if (job.deadline < SteadyNow()) {
    ++stats_.dropped_expired;
    return absl::DeadlineExceededError("the deadline passed while the call waited");
  }
  return absl::OkStatus();
}

// --- running ---

bool PasswordQueue::HasJobs() const {
  return std::any_of(lanes_.begin(), lanes_.end(), [](const Lane& lane) { return lane.jobs > 0; });
}

PasswordQueue::Lane* PasswordQueue::NextLane() {
  Lane* next = nullptr;
  for (size_t i = 0; i < kLanes; ++i) {
    if (lanes_[i].jobs > 0 && (next == nullptr || lanes_[i].used < next->used)) next = &lanes_[i];
  }
  return next;
}

std::optional<PasswordQueue::Job> PasswordQueue::Take(std::vector<Refused>* refused) {
  while (Lane* const lane = NextLane()) {
    const std::string client = std::move(lane->turns.front());
    lane->turns.pop_front();
    const auto jobs = lane->jobs_by_client.find(client);
    Job job = std::move(jobs->second.front().job);
    jobs->second.pop_front();
    --lane->jobs;
    if (jobs->second.empty()) {
      lane->jobs_by_client.erase(jobs);
    } else {
      lane->turns.push_back(client);
    }
    const absl::Status wanted = CheckWanted(job);
    if (wanted.ok()) {
      used_ = lane->used;
      lane->used += 1 / kShares[static_cast<size_t>(lane - lanes_.data())];
      return job;
    }
    refused->emplace_back(std::move(job), wanted);
  }
  return std::nullopt;
}

void PasswordQueue::Loop() {
  const auto due = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return stopping_ || HasJobs(); };
  while (true) {
    std::vector<Refused> refused;
    std::optional<Job> job;
    {
      absl::MutexLock lock(&mu_);
      mu_.Await(absl::Condition(&due));
      if (!HasJobs()) return;
      job = Take(&refused);
    }
    for (const auto& [ended, status] : refused) ended.refuse(status);
    if (job) job->run();
  }
}

void PasswordQueue::OnHashed(absl::Duration duration) {
  absl::MutexLock lock(&mu_);
  stats_.expected_hash += kNewestWeight * (duration - stats_.expected_hash);
}

PasswordQueue::Stats PasswordQueue::stats() const {
  const absl::Time now = SteadyNow();
  absl::MutexLock lock(&mu_);
  Stats stats = stats_;
  for (size_t i = 0; i < kLanes; ++i) {
    stats.queued[i] = static_cast<int64_t>(lanes_[i].jobs);
    for (const auto& [client, jobs] : lanes_[i].jobs_by_client) {
      stats.oldest = std::max(stats.oldest, now - jobs.front().since);
    }
  }
  return stats;
}

}  // namespace ledgercast
