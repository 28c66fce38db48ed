#ifndef EDGE_DELIVERY_HISTORY_H_
#define EDGE_DELIVERY_HISTORY_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "edge/delivery/call_off.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/common/ledger/cursor.h"

namespace ledgercast {

// A stretch of the ledger that is older than the ring. It holds everything that the filter matches
// after the position asked for, up to and including `until`.
struct HistoryPage {
  std::vector<v1::Transaction> transactions;
  Position until;
};

// Pages do not change, so all who read the same page share it.
using HistoryPagePtr = std::shared_ptr<const HistoryPage>;

// Reads the past from the service when the ring does not reach back far enough. The number of calls
// is bounded, and calls wait for their turn. Each call is one attempt, made as the relay.
//
// Thread-safe. Every call is answered exactly once, on any thread, perhaps before the function
// returns. A call that was called off is answered CANCELLED.
class History {
 public:
  using PageDone = std::function<void(absl::StatusOr<HistoryPagePtr>)>;
  using BalanceDone = std::function<void(absl::StatusOr<std::optional<int64_t>>)>;

  virtual ~History() = default;

  // Reads what comes after `after`; `accounts` empty = all. OUT_OF_RANGE if the service does not
  // know that cursor, RESOURCE_EXHAUSTED while too many calls wait.
  virtual void Read(Cursor after, std::vector<std::string> accounts,
                    const std::shared_ptr<CallOff>& call_off, PageDone done) = 0;

  // Asks for the balance of `account` at `at`; nullopt if there is no such account.
  // Errors as for Read().
  virtual void Balance(std::string account, Cursor at, const std::shared_ptr<CallOff>& call_off,
                       BalanceDone done) = 0;
};

}  // namespace ledgercast

#endif  // EDGE_DELIVERY_HISTORY_H_
