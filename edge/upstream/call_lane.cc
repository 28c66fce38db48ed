#include "edge/upstream/call_lane.h"

#include <optional>
#include <vector>

#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

// Calls have no owners here, so the queue is first come, first served.
constexpr uint64_t kOneOwner = 0;

}  // namespace

void CallLane::Add(std::shared_ptr<Call> call, const std::shared_ptr<CallOff>& call_off) {
  std::optional<Queue::Ticket> ticket;
  bool starts = false;
  {
    absl::MutexLock lock(&mu_);
    starts = !closed_ && running_ < options_.max_running;
    if (starts) {
      ++running_;
    } else if (!closed_ && waiting_.size() < options_.max_waiting) {
      ticket = waiting_.Push(kOneOwner, call, clock_());
    }
  }
  if (!starts && !ticket.has_value()) {
    return call->Drop(MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy,
                                "too many readers ask for the past; try again"));
  }
  if (starts) call->Start();
  call_off->SetCancel([this, ticket, weak = std::weak_ptr<Call>(call)] {
    const std::shared_ptr<Call> alive = weak.lock();
    if (alive == nullptr) return;
    // The lane outlives its calls, so it may be used while the call is alive.
    if (!ticket.has_value() || !Remove(*ticket)) return alive->Cancel();
    alive->Drop(absl::CancelledError("nobody waits for the answer any more"));
  });
}

void CallLane::OnOver() {
  std::shared_ptr<Call> next;
  {
    absl::MutexLock lock(&mu_);
    if (waiting_.empty()) {
      --running_;
      return;
    }
    next = waiting_.Pop();
  }
  next->Start();
}

bool CallLane::Remove(Queue::Ticket ticket) {
  absl::MutexLock lock(&mu_);
  return waiting_.Remove(ticket);
}

void CallLane::Close() {
  std::vector<std::shared_ptr<Call>> dropped;
  {
    absl::MutexLock lock(&mu_);
    closed_ = true;
    while (!waiting_.empty()) dropped.push_back(waiting_.Pop());
  }
  for (const auto& call : dropped) call->Drop(absl::CancelledError("the edge stops"));
}

CallLane::Waiting CallLane::waiting() const {
  absl::MutexLock lock(&mu_);
  return {waiting_.size(), waiting_.OldestWait(clock_())};
}

}  // namespace ledgercast
