#ifndef SERVICES_TRANSACTION_POSTING_ACCOUNT_MEMORY_H_
#define SERVICES_TRANSACTION_POSTING_ACCOUNT_MEMORY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/transaction/posting/decide.h"
#include "services/transaction/store.h"

namespace ledgercast {

// Keeps the states of the accounts that a poster used lately, so that a batch reads only accounts
// that are new to it. The states belong to one position of the ledger. If another replica posted
// meanwhile, the head is elsewhere. Then the rows in between are read and applied to the states.
//
// Not thread-safe: used on the poster's thread only.
class AccountMemory {
 public:
  struct Options {
    // Maximum number of accounts. Above it all of them are forgotten, and read again when needed.
    size_t max_accounts = 1'000'000;
    // If the memory is further behind than this, it is cheaper to forget everything than to catch
    // up.
    int64_t max_catch_up_transactions = 5'000;
  };

  explicit AccountMemory(Options options) : options_(options) {}

  // Returns the `names` that are not in the memory. The caller asks for them with the fence.
  std::vector<std::string> Missing(const std::vector<std::string>& names) const;
  // Brings the memory to the head of `fenced` and adds every account of `names` that exists.
  // `asked` are the names that the fence's query had; `fenced` holds those of them that exist.
  // `session` must hold the fence.
  absl::Status Refresh(Fenced fenced, const std::vector<std::string>& names,
                       const std::vector<std::string>& asked, PostingSession* session);

  AccountStates* accounts() { return &accounts_; }
  // Notes that the states are now those at `head`.
  void MovedTo(const Head& head) { at_ = head; }
  // Forgets all accounts, because their states are no longer certain.
  void Forget();

 private:
  void Learn(std::vector<NamedAccountState> accounts);
  absl::Status CatchUp(const Head& head, PostingSession* session);

  const Options options_;
  Head at_;
  AccountStates accounts_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_POSTING_ACCOUNT_MEMORY_H_
