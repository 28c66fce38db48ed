#ifndef SERVICES_CLI_FEED_POSITION_H_
#define SERVICES_CLI_FEED_POSITION_H_

#include <string>

#include "absl/status/status.h"
#include "ledgercast/v1/transaction.pb.h"

namespace ledgercast::cli {

// Tracks the position of one reader of WatchTransactions across any number of streams. The reader
// misses nothing and gets nothing twice.
class FeedPosition {
 public:
  // Takes the `after` of a WatchTransactionsRequest.
  explicit FeedPosition(std::string after) : cursor_(std::move(after)) {}

  // Moves on to `response`, and removes from it what the reader already has. ABORTED if
  // transactions are missing between this position and the response: watch again from cursor().
  // DATA_LOSS if it comes from another ledger.
  absl::Status Accept(v1::WatchTransactionsResponse* response);

  // Returns the `after` of the next watch.
  const std::string& cursor() const { return cursor_; }

 private:
  std::string cursor_;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_FEED_POSITION_H_
