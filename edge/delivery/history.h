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

// A stretch of the ledger older than the ring: everything the filter matches in
// (the position asked for, `until`].
struct HistoryPage {
  std::vector<v1::Transaction> transactions;
  Position until;
};

// Pages do not change, so those who read the same one share it.
using HistoryPagePtr = std::shared_ptr<const HistoryPage>;

// The past, asked of the service when the ring does not reach back far enough. Calls are
// bounded in number and wait for their turn; each is one attempt, made as the relay.
//
// Thread-safe. Every call is answered exactly once, on any thread, perhaps before the function
// returns; a call that was called off is answered CANCELLED, once nothing is done for it any more.
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
