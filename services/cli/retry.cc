#include "services/cli/retry.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <string>

#include "absl/time/clock.h"
#include "services/common/base/errors.h"
#include "services/common/base/random.h"

namespace ledgercast::cli {
namespace {

constexpr absl::Duration kFirstWait = absl::Milliseconds(200);
constexpr absl::Duration kLongestWait = absl::Seconds(5);
// Shortest time between two messages of all threads together, so an outage is reported once.
constexpr int64_t kTellSecondsMin = 5;

void Tell(const absl::Status& status) {
  static std::atomic<int64_t> next_at = 0;
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  int64_t next = next_at;
  if (now < next || !next_at.compare_exchange_strong(next, now + kTellSecondsMin)) return;
  // On a terminal the message replaces the progress bar.
  const char* start = isatty(STDERR_FILENO) == 1 ? "\r\033[K" : "";
  std::fprintf(stderr, "%sledgercast: %s; trying again\n", start,
               std::string(MessageOf(status)).c_str());
}

}  // namespace

bool IsWorthAnotherTry(const absl::Status& status) {
  return IsRetryable(status) || absl::IsDeadlineExceeded(status) || absl::IsAborted(status) ||
         absl::IsCancelled(status);
}

Retry::Retry(absl::Duration give_up_after, const Interrupt* interrupt)
    : give_up_after_(give_up_after),
      interrupt_(interrupt),
      backoff_(kFirstWait, kLongestWait, MakeRandom()),
      last_progress_(absl::Now()) {}

bool Retry::Again(const absl::Status& status) {
  if (!IsWorthAnotherTry(status)) return false;
  if (absl::Now() - last_progress_ >= give_up_after_) return false;
  // ABORTED only asks for a new beginning, so it is not reported.
  if (!told_ && !absl::IsAborted(status)) Tell(status);
  told_ = true;
  const absl::Duration wait = backoff_.Next();
  if (interrupt_ != nullptr) return !interrupt_->WaitFor(wait);
  absl::SleepFor(wait);
  return true;
}

void Retry::Reset() {
  backoff_.Reset();
  last_progress_ = absl::Now();
  told_ = false;
}

}  // namespace ledgercast::cli
