#ifndef SERVICES_TRANSACTION_API_CALLS_H_
#define SERVICES_TRANSACTION_API_CALLS_H_

#include <grpcpp/grpcpp.h>
#include <prometheus/registry.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/node_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/common/base/log_limiter.h"
#include "services/trace/span.h"

namespace ledgercast {

// Follows every RPC of a server, in one place. It gives each call a request id and a trace id,
// counts it, measures its time and writes its line of the log. While the service stops, it has new
// calls refused.
//
// Threads: every method may be called from any thread; a call's hooks run on gRPC's threads.
class Calls {
 public:
  struct Options {
    // If true, one line is written for each call. Otherwise only failures on our side are written,
    // as often as the next two options allow, and all other calls at level debug.
    bool access_log = false;
    int64_t failure_lines_burst = 20;
    double failure_lines_per_second = 5;
  };

  // Keeps its counts in `registry`, which must outlive this object.
  Calls(const Options& options, prometheus::Registry* registry);
  ~Calls();

  // Makes the server that `builder` builds report its calls to this object, which must outlive it.
  void Install(grpc::ServerBuilder* builder);

  // Makes Authenticate() refuse all calls from now on, with SHUTTING_DOWN.
  void Drain() { draining_ = true; }
  bool draining() const { return draining_; }
  // Waits until no call to our own services that began before Drain() is open. Calls to the health
  // service are not waited for, because they last as long as their caller likes. Returns false if
  // calls are left after `longest`.
  bool AwaitNoneOpen(absl::Duration longest) const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  class Hooks;
  class HooksFactory;
  struct Method;

  // Returns how many calls AwaitNoneOpen() waits for.
  int64_t CountAwaited() const ABSL_LOCKS_EXCLUDED(mu_);
  // Returns the record of the method at `path`.
  Method* MethodOf(const std::string& path) ABSL_LOCKS_EXCLUDED(mu_);
  // Counts a call that begins. Returns whether AwaitNoneOpen() waits for it.
  bool Opened(const Method& method) ABSL_LOCKS_EXCLUDED(mu_);
  void Closed(const Method& method, bool was_awaited) ABSL_LOCKS_EXCLUDED(mu_);
  void Count(Method* method, grpc::StatusCode code, absl::Duration duration);

  const Options options_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Family<prometheus::Gauge>& open_gauges_;
  std::atomic<bool> draining_ = false;
  // There are two limiters, so that a storm of refusals does not hide a fault.
  LogLimiter fault_lines_;
  LogLimiter refusal_lines_;

  mutable absl::Mutex mu_;
  int64_t awaited_ ABSL_GUARDED_BY(mu_) = 0;
  absl::node_hash_map<std::string, Method> methods_ ABSL_GUARDED_BY(mu_);
};

// The context of a call to a server of Install(). It carries what the call's handler finds out
// about the call.
class CallContext final : public grpc::CallbackServerContext {
 public:
  explicit CallContext(const Calls* calls) : calls_(calls) {}

  // Returns the call's span.
  static Span SpanOf(const grpc::ServerContextBase& context) {
    const CallContext* const call = Of(context);
    return call == nullptr ? Span() : call->span;
  }

  // Returns the CallContext of a call; null if the call belongs to another server.
  static const CallContext* Of(const grpc::ServerContextBase& context) {
    return dynamic_cast<const CallContext*>(&context);
  }

  bool draining() const { return calls_->draining(); }

  // The span of this call in its trace; empty if the call is not traced.
  mutable Span span;

  // The subject of the caller's token; empty until the token was verified. It is mutable, because
  // handlers have only a const reference to their context.
  mutable std::string subject;

 private:
  const Calls* const calls_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_CALLS_H_
