#ifndef EDGE_UPSTREAM_WATCH_STREAM_H_
#define EDGE_UPSTREAM_WATCH_STREAM_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ledgercast/v1/transaction.pb.h"

namespace ledgercast {

// One WatchTransactions call. Not thread-safe, except for Cancel(). If the call could not be
// started, the first Read() returns kEnded, so that there is one path for errors.
class WatchStream {
 public:
  enum class ReadResult {
    kResponse,
    // Nothing came within the time; the stream may still be alive.
    kSilence,
    // No more will come; Finish() says why.
    kEnded,
  };

  // Cancels the call if it is not over.
  virtual ~WatchStream() = default;

  virtual ReadResult Read(v1::WatchTransactionsResponse* response, absl::Duration longest) = 0;
  // Makes Read() end soon. May be called from any thread.
  virtual void Cancel() = 0;
  // Waits for the end of the call, and returns why it ended.
  virtual absl::Status Finish() = 0;
};

using WatchStreamFactory =
    std::function<std::unique_ptr<WatchStream>(const v1::WatchTransactionsRequest&)>;

}  // namespace ledgercast

#endif  // EDGE_UPSTREAM_WATCH_STREAM_H_
