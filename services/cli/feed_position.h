#ifndef SERVICES_CLI_FEED_POSITION_H_
#define SERVICES_CLI_FEED_POSITION_H_

#include <string>

#include "absl/status/status.h"
#include "ledgercast/v1/transaction.pb.h"

namespace ledgercast::cli {

// Tracks where one reader of WatchTransactions is, over any number of streams, so that it is given
// no gap and nothing twice.
class FeedPosition {
 public:
  // `after` is that of WatchTransactionsRequest.
  explicit FeedPosition(std::string after) : cursor_(std::move(after)) {}

  // Moves on to `response`, and takes out of it what the reader has already. ABORTED if it leaves
  // something out after this position: watch again from cursor(). DATA_LOSS if it tells another
  // history.
  absl::Status Accept(v1::WatchTransactionsResponse* response);

  // The `after` of the next watch.
  const std::string& cursor() const { return cursor_; }

 private:
  std::string cursor_;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_FEED_POSITION_H_
