#include "edge/call_lane.h"

#include <utility>

#include "services/common/errors.h"

namespace ledgercast {

void CallLane::Add(std::shared_ptr<Call> call, const std::shared_ptr<CallOff>& call_off) {
  int64_t number = 0;
  bool starts = false;
  {
    absl::MutexLock lock(&mu_);
    if (!closed_ && running_ < options_.max_running) {
      ++running_;
      starts = true;
    } else if (!closed_ && places_.size() < options_.max_waiting) {
      number = ++last_number_;
      places_.emplace(number, Place{call, clock_()});
    }
  }
  if (!starts && number == 0) {
    return call->Drop(MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy,
                                "too many readers ask for the past; try again"));
  }
  if (starts) call->Start();
  call_off->SetCancel([this, number, weak = std::weak_ptr<Call>(call)] {
    const std::shared_ptr<Call> alive = weak.lock();
    if (alive == nullptr) return;
    // Its place is looked for while the call is alive, and with it this lane.
    const std::shared_ptr<Call> waited = number == 0 ? nullptr : TakeOut(number);
    if (waited == nullptr) return alive->Cancel();
    waited->Drop(absl::CancelledError("nobody waits for the answer any more"));
  });
}

void CallLane::OnOver() {
  std::shared_ptr<Call> next;
  {
    absl::MutexLock lock(&mu_);
    if (closed_ || places_.empty()) {
      --running_;
      return;
    }
    next = std::move(places_.begin()->second.call);
    places_.erase(places_.begin());
  }
  next->Start();
}

std::shared_ptr<CallLane::Call> CallLane::TakeOut(int64_t number) {
  absl::MutexLock lock(&mu_);
  const auto place = places_.find(number);
  if (place == places_.end()) return nullptr;
  std::shared_ptr<Call> call = std::move(place->second.call);
  places_.erase(place);
  return call;
}

void CallLane::Close() {
  absl::btree_map<int64_t, Place> dropped;
  {
    absl::MutexLock lock(&mu_);
    closed_ = true;
    dropped.swap(places_);
  }
  for (const auto& [number, place] : dropped) {
    place.call->Drop(absl::CancelledError("the edge stops"));
  }
}

CallLane::Waiting CallLane::waiting() const {
  absl::MutexLock lock(&mu_);
  if (places_.empty()) return {};
  return {places_.size(), clock_() - places_.begin()->second.since};
}

}  // namespace ledgercast
