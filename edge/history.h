#ifndef EDGE_HISTORY_H_
#define EDGE_HISTORY_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/common/cursor.h"

namespace ledgercast {

// A stretch of the ledger older than the ring: everything the filter matches in
// (the position asked for, `until`].
struct HistoryPage {
  std::vector<v1::Transaction> transactions;
  Position until;
};

// Reads the past from the service when the ring does not reach back far enough. Calls are bounded
// in number and wait for their turn; each is one attempt, made as the relay.
//
// Thread-safe. Answers come on any thread, once for each call.
class History {
 public:
  using PageDone = std::function<void(absl::StatusOr<HistoryPage>)>;
  using BalanceDone = std::function<void(absl::StatusOr<std::optional<int64_t>>)>;

  virtual ~History() = default;

  // Reads what comes after the cursor `after`; `accounts` empty = all. OUT_OF_RANGE if the service
  // does not know the cursor.
  virtual void Read(std::string after, std::vector<std::string> accounts, PageDone done) = 0;

  // Reads the balance of `account` at the cursor `at`; nullopt if there is no such account.
  virtual void Balance(std::string account, std::string at, BalanceDone done) = 0;
};

}  // namespace ledgercast

#endif  // EDGE_HISTORY_H_
