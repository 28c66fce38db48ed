// Tells ThreadSanitizer about Abseil's locks. Debian's Abseil is not instrumented, so otherwise
// every access that a Mutex guards would be reported as a race. It is linked only into tests of the
// tsan preset, with --wrap for each function here (tests/CMakeLists.txt).

#include <optional>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
}

// Debian's gRPC, Protobuf and Abseil are not instrumented. ThreadSanitizer sees neither their locks
// nor how gRPC passes calls between threads, so data that passes through them looks like a race.
// Their own accesses are ignored. Code of their templates that is compiled here is suppressed by
// name.
extern "C" const char* __tsan_default_options() { return "ignore_noninstrumented_modules=1"; }
extern "C" const char* __tsan_default_suppressions() {
  return "race:libgrpc\n"
         "race:grpc::\n"
         "race:grpc_core::\n"
         "race:libgpr\n"
         "race:libabsl_\n";
}

namespace {

// Ignores reads while it exists. Abseil evaluates waiters' conditions inside these calls, under the
// lock, which ThreadSanitizer does not see.
class IgnoreReads {
 public:
  IgnoreReads() { AnnotateIgnoreReadsBegin(__FILE__, __LINE__); }
  ~IgnoreReads() { AnnotateIgnoreReadsEnd(__FILE__, __LINE__); }
};

// Tells ThreadSanitizer that a waiting thread releases the lock and holds it again at the end.
class Unlocked {
 public:
  explicit Unlocked(absl::Mutex* mutex) : mutex_(mutex) { __tsan_release(mutex_); }
  ~Unlocked() {
    ignore_.reset();
    __tsan_acquire(mutex_);
  }

 private:
  absl::Mutex* const mutex_;
  std::optional<IgnoreReads> ignore_{std::in_place};
};

}  // namespace

// Mangled names: Debian gives Abseil's inline namespace a name of its own.
#define METHOD "_ZN4absl" LEDGERCAST_ABSL_NAMESPACE
#define CONST_METHOD "_ZNK4absl" LEDGERCAST_ABSL_NAMESPACE
#define REAL(name) asm("__real_" name)
#define WRAP(name) asm("__wrap_" name)

void RealLock(absl::Mutex* mutex) REAL(METHOD "5Mutex4LockEv");
void RealUnlock(absl::Mutex* mutex) REAL(METHOD "5Mutex6UnlockEv");
void RealAwait(absl::Mutex* mutex, const absl::Condition& condition)
    REAL(METHOD "5Mutex5AwaitERKNS0_9ConditionE");
bool RealAwaitWithTimeout(absl::Mutex* mutex, const absl::Condition& condition,
                          absl::Duration timeout)
    REAL(METHOD "5Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE");
bool RealAwaitWithDeadline(absl::Mutex* mutex, const absl::Condition& condition,
                           absl::Time deadline)
    REAL(METHOD "5Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE");
void RealNotify(absl::Notification* notification) REAL(METHOD "12Notification6NotifyEv");
void RealWait(const absl::Notification* notification)
    REAL(CONST_METHOD "12Notification19WaitForNotificationEv");

void WrapLock(absl::Mutex* mutex) WRAP(METHOD "5Mutex4LockEv");
void WrapUnlock(absl::Mutex* mutex) WRAP(METHOD "5Mutex6UnlockEv");
void WrapAwait(absl::Mutex* mutex, const absl::Condition& condition)
    WRAP(METHOD "5Mutex5AwaitERKNS0_9ConditionE");
bool WrapAwaitWithTimeout(absl::Mutex* mutex, const absl::Condition& condition,
                          absl::Duration timeout)
    WRAP(METHOD "5Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE");
bool WrapAwaitWithDeadline(absl::Mutex* mutex, const absl::Condition& condition,
                           absl::Time deadline)
    WRAP(METHOD "5Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE");
void WrapNotify(absl::Notification* notification) WRAP(METHOD "12Notification6NotifyEv");
void WrapWait(const absl::Notification* notification)
    WRAP(CONST_METHOD "12Notification19WaitForNotificationEv");

void WrapLock(absl::Mutex* mutex) {
  RealLock(mutex);
  __tsan_acquire(mutex);
}

void WrapUnlock(absl::Mutex* mutex) {
  __tsan_release(mutex);
  const IgnoreReads ignore;
  RealUnlock(mutex);
}

void WrapAwait(absl::Mutex* mutex, const absl::Condition& condition) {
  const Unlocked unlocked(mutex);
  RealAwait(mutex, condition);
}

bool WrapAwaitWithTimeout(absl::Mutex* mutex, const absl::Condition& condition,
                          absl::Duration timeout) {
  const Unlocked unlocked(mutex);
  return RealAwaitWithTimeout(mutex, condition, timeout);
}

bool WrapAwaitWithDeadline(absl::Mutex* mutex, const absl::Condition& condition,
                           absl::Time deadline) {
  const Unlocked unlocked(mutex);
  return RealAwaitWithDeadline(mutex, condition, deadline);
}

void WrapNotify(absl::Notification* notification) {
  __tsan_release(notification);
  RealNotify(notification);
}

void WrapWait(const absl::Notification* notification) {
  RealWait(notification);
  __tsan_acquire(const_cast<absl::Notification*>(notification));
}
