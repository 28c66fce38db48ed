#ifndef SERVICES_CLI_RETRY_H_
#define SERVICES_CLI_RETRY_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/cli/interrupt.h"
#include "services/common/base/backoff.h"

namespace ledgercast::cli {

// Decides about attempts to do one thing until it works. It waits between the attempts, longer each
// time and with jitter. It gives up when there has been no progress for too long. The first failure
// after progress is reported on stderr.
class Retry {
 public:
  // Takes an `interrupt` that ends a wait early. It may be null.
  explicit Retry(absl::Duration give_up_after, const Interrupt* interrupt = nullptr);
  Retry(const Retry&) = delete;
  Retry& operator=(const Retry&) = delete;

  // Waits, and returns whether to try again after `status`. Returns false for an error that another
  // attempt would not change.
  bool Again(const absl::Status& status);
  // Restarts the waits and the time limit. Must be called after progress.
  void Reset();

 private:
  const absl::Duration give_up_after_;
  const Interrupt* const interrupt_;
  Backoff backoff_;
  absl::Time last_progress_;
  bool told_ = false;
};

// Returns whether the same call may succeed later without a change, as far as that can be known.
bool IsWorthAnotherTry(const absl::Status& status);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_RETRY_H_
