#ifndef SERVICES_CLI_FOLLOW_H_
#define SERVICES_CLI_FOLLOW_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/cli/interrupt.h"
#include "services/cli/service_client.h"

namespace ledgercast::cli {

struct FollowOptions {
  // Says where to begin and which accounts to follow.
  v1::WatchTransactionsRequest request;
  // Longest time to try without any progress.
  absl::Duration give_up_after = absl::InfiniteDuration();
  // Ends Follow() when it arrives; it must then call CancelWatch(). May be null.
  const Interrupt* interrupt = nullptr;
};

// Passes the log from the requested position on to `take`: in order, without a gap and nothing
// twice, through any number of broken streams. The `cursor` of a response is the position after it.
// Ends when `take` returns false or an error, or when a new stream cannot help. If `take` returns
// UNAVAILABLE or ABORTED, only the stream ends, and `take` gets the same transactions again.
absl::Status Follow(
    ServiceClient* client, const FollowOptions& options,
    const std::function<absl::StatusOr<bool>(const v1::WatchTransactionsResponse&)>& take);

// Returns the cursor of the ledger's head.
absl::StatusOr<std::string> GetHead(ServiceClient* client);

// Returns whether `cursor` belongs to this ledger and its present history.
absl::StatusOr<bool> IsKnownCursor(ServiceClient* client, const std::string& cursor);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_FOLLOW_H_
