#include "services/transaction/api/watches.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "services/common/base/errors.h"
#include "services/common/base/proto_time.h"
#include "services/common/base/rpc_status.h"
#include "services/common/ledger/watch_start.h"
#include "services/transaction/api/validate.h"
#include "services/transaction/api/watch_call.h"

namespace ledgercast {
namespace {

// A call that fails before it begins.
class RefusedWatch final : public Watches::Reactor {
 public:
  explicit RefusedWatch(const absl::Status& status) { Finish(ToGrpcStatus(status)); }
  void OnDone() override { delete this; }
};

}  // namespace

Watches::Watches(Dependencies dependencies, Options options)
    : deps_(std::move(dependencies)), options_(options), ticker_([this] { Tick(); }) {}

Watches::~Watches() {
  stop_.Set();
  ticker_.join();
}

Watches::Reactor* Watches::Refuse(const absl::Status& status) { return new RefusedWatch(status); }

Watches::Reactor* Watches::Start(const Identity& caller,
                                 const v1::WatchTransactionsRequest& request) {
  absl::Duration interval = options_.default_progress_interval;
  if (request.has_progress_interval()) {
    interval = FromProto(request.progress_interval());
    if (interval < absl::ZeroDuration()) {
      return Refuse(InvalidField("progress_interval", "must not be negative"));
    }
    interval = std::clamp(interval, options_.min_progress_interval, options_.max_progress_interval);
  }
  for (const std::string& account : request.accounts()) {
    if (!IsAccountName(account)) {
      return Refuse(InvalidField("accounts", "holds what is no name of an account"));
    }
  }
  auto filter =
      EffectiveFilter(caller.viewer(), {request.accounts().begin(), request.accounts().end()});
  if (!filter.ok()) return Refuse(filter.status());
  const auto start = StartOfWatch(request.after(), deps_.ledger, deps_.log->head());
  if (!start.ok()) return Refuse(start.status());
  const auto watch =
      std::make_shared<WatchCall>(this, caller, std::move(*filter), *start, interval);
  if (!Add(watch)) {
    return Refuse(MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy,
                            "you watch " + std::to_string(options_.max_watches_per_caller) +
                                " times already, as often as one caller may; end a watch first, "
                                "or follow several accounts with one"));
  }
  watch->Begin();
  return watch.get();
}

void Watches::Drain() {
  draining_ = true;
  std::vector<std::shared_ptr<WatchCall>> watches;
  {
    absl::MutexLock lock(&mu_);
    watches.assign(watches_.begin(), watches_.end());
  }
  for (const auto& watch : watches) watch->Poke();
}

std::array<int64_t, kWatchStates> Watches::CountByState() const {
  std::array<int64_t, kWatchStates> counts{};
  absl::MutexLock lock(&mu_);
  for (const auto& watch : watches_) ++counts[static_cast<size_t>(watch->state())];
  return counts;
}

int64_t Watches::refused_watches() const {
  absl::MutexLock lock(&mu_);
  return refused_watches_;
}

bool Watches::Add(const std::shared_ptr<WatchCall>& watch) {
  const Identity& caller = watch->caller();
  const int64_t most = caller.role == Role::kRelay ? 0 : options_.max_watches_per_caller;
  absl::MutexLock lock(&mu_);
  int64_t& count = watches_of_[caller.subject];
  if (most > 0 && count >= most) {
    ++refused_watches_;
    return false;
  }
  ++count;
  watches_.insert(watch);
  return true;
}

void Watches::Remove(const std::shared_ptr<WatchCall>& watch) {
  absl::MutexLock lock(&mu_);
  watches_.erase(watch);
  const auto it = watches_of_.find(watch->caller().subject);
  if (--it->second == 0) watches_of_.erase(it);
}

void Watches::Tick() {
  while (!stop_.WaitFor(options_.tick)) {
    std::vector<std::shared_ptr<WatchCall>> due;
    const std::shared_ptr<const RevokedTokens> revoked = deps_.revocations->snapshot();
    {
      absl::MutexLock lock(&mu_);
      const absl::Time now = deps_.clock();
      const absl::Time steady = deps_.steady();
      for (const auto& watch : watches_) {
        if (watch->IsDue(now, steady, *revoked)) due.push_back(watch);
      }
    }
    for (const auto& watch : due) watch->Poke();
  }
}

}  // namespace ledgercast
