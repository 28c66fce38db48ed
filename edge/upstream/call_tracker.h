#ifndef EDGE_UPSTREAM_CALL_TRACKER_H_
#define EDGE_UPSTREAM_CALL_TRACKER_H_

#include <grpcpp/client_context.h>

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"

namespace ledgercast {

class TrackedCall;

// Tracks the calls under way. The destructor cancels them and waits until they have ended, so that
// the object that they call back can be destroyed, and its channels with it. Thread-safe.
class CallTracker {
 public:
  CallTracker() = default;
  ~CallTracker() { CancelAll(); }

  // Cancels all calls and waits until they have ended. Calls that begin later are cancelled at
  // once.
  void CancelAll() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  friend class TrackedCall;

  void Add(TrackedCall* call) ABSL_LOCKS_EXCLUDED(mu_);
  // Forgets a call, which can be cancelled by CancelAll() no more. CancelAll() still waits for it.
  void Forget(TrackedCall* call) ABSL_LOCKS_EXCLUDED(mu_);
  void OnEnded() ABSL_LOCKS_EXCLUDED(mu_);
  bool IsIdle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return unended_calls_ == 0; }

  absl::Mutex mu_;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
  absl::flat_hash_set<TrackedCall*> calls_ ABSL_GUARDED_BY(mu_);
  int unended_calls_ ABSL_GUARDED_BY(mu_) = 0;
};

// Owns the context of one call, from Begin() to End().
//
// A context holds its channel. If one of gRPC's own threads destroyed the last reference to the
// last channel, gRPC would end these threads from within one of them, and free their queue twice
// (grpc::ClientContext and CallbackAlternativeCQ of gRPC 1.51). So End() destroys the context
// before the tracker lets anybody destroy the channel.
//
// Thread-safe, but for Begin(), which comes first, and End(), which comes last.
class TrackedCall {
 public:
  TrackedCall() : context_(std::make_unique<grpc::ClientContext>()) {}
  TrackedCall(const TrackedCall&) = delete;
  TrackedCall& operator=(const TrackedCall&) = delete;

  // The context is valid until End().
  grpc::ClientContext* context() ABSL_NO_THREAD_SAFETY_ANALYSIS { return context_.get(); }

  // Registers the call. `tracker` must outlive it, until End().
  void Begin(CallTracker* tracker);
  // Cancels the call; does nothing if it has ended.
  void Cancel() ABSL_LOCKS_EXCLUDED(mu_);
  // Must be the last thing that is done for the call: afterwards the tracker and its owner may be
  // gone.
  void End() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  CallTracker* tracker_ = nullptr;
  absl::Mutex mu_;
  std::unique_ptr<grpc::ClientContext> context_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast

#endif  // EDGE_UPSTREAM_CALL_TRACKER_H_
