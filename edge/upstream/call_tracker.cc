#include "edge/upstream/call_tracker.h"

#include <utility>

#include "services/common/base/check.h"

namespace ledgercast {

void CallTracker::Add(TrackedCall* call) {
  absl::MutexLock lock(&mu_);
  ++unended_calls_;
  calls_.insert(call);
  if (closed_) call->Cancel();
}

void CallTracker::Forget(TrackedCall* call) {
  absl::MutexLock lock(&mu_);
  calls_.erase(call);
}

void CallTracker::OnEnded() {
  absl::MutexLock lock(&mu_);
  --unended_calls_;
}

void CallTracker::CancelAll() {
  absl::MutexLock lock(&mu_);
  closed_ = true;
  for (TrackedCall* call : calls_) call->Cancel();
  mu_.Await(absl::Condition(this, &CallTracker::IsIdle));
}

void TrackedCall::Begin(CallTracker* tracker) {
  LC_CHECK(tracker_ == nullptr) << "a call begins once";
  tracker_ = tracker;
  tracker_->Add(this);
}

void TrackedCall::Cancel() {
  absl::MutexLock lock(&mu_);
  if (context_ != nullptr) context_->TryCancel();
}

void TrackedCall::End() {
  CallTracker* const tracker = tracker_;
  tracker->Forget(this);
  std::unique_ptr<grpc::ClientContext> context;
  {
    absl::MutexLock lock(&mu_);
    context = std::move(context_);
  }
  context.reset();
  tracker->OnEnded();
}

}  // namespace ledgercast
