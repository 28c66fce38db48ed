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
  // Where to begin, and which accounts.
  v1::WatchTransactionsRequest request;
  // How long to try without any progress.
  absl::Duration give_up_after = absl::InfiniteDuration();
  // May be null; else its arrival ends the following. It is to call CancelWatch().
  const Interrupt* interrupt = nullptr;
};

// Gives `take` the log from there on: in order, without a gap, nothing twice, through any
// number of broken streams. Its `cursor` is where to go on after what it holds. Ends when
// `take` answers false or an error, or when a new stream cannot help. An UNAVAILABLE or
// ABORTED of `take` only ends the stream: the same is given again.
absl::Status Follow(
    ServiceClient* client, const FollowOptions& options,
    const std::function<absl::StatusOr<bool>(const v1::WatchTransactionsResponse&)>& take);

// The cursor of the ledger's head.
absl::StatusOr<std::string> GetHead(ServiceClient* client);

// Whether `cursor` is one of this ledger and its history as it is.
absl::StatusOr<bool> IsKnownCursor(ServiceClient* client, const std::string& cursor);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_FOLLOW_H_
