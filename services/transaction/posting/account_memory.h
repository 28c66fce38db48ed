#ifndef SERVICES_TRANSACTION_POSTING_ACCOUNT_MEMORY_H_
#define SERVICES_TRANSACTION_POSTING_ACCOUNT_MEMORY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/transaction/posting/decide.h"
#include "services/transaction/store.h"

namespace ledgercast {

// Keeps the states of the accounts that a poster met lately, so that a batch reads only accounts
// that it meets for the first time. The states are right at one place of the ledger. When the fence
// finds the head elsewhere, because another replica posted, the rows between are read and folded
// in.
//
// Belongs to the poster's thread.
class AccountMemory {
 public:
  struct Options {
    // Above this number everything is forgotten, and read anew as it is met.
    size_t max_accounts = 1'000'000;
    // When it is further behind than this, forgetting is cheaper than catching up.
    int64_t max_catch_up_transactions = 5'000;
  };

  explicit AccountMemory(Options options) : options_(options) {}

  // Returns the `names` that are not in the memory, to be asked for with the fence.
  std::vector<std::string> Missing(const std::vector<std::string>& names) const;
  // Makes the memory right at the head of `fenced`, with every account of `names` that exists
  // in it; `asked` are those whose states `fenced` has. `session` holds the fence.
  absl::Status Refresh(Fenced fenced, const std::vector<std::string>& names,
                       const std::vector<std::string>& asked, PostingSession* session);

  AccountStates* accounts() { return &accounts_; }
  // Notes that the accounts are now as they are at `head`.
  void MovedTo(const Head& head) { at_ = head; }
  // Forgets all accounts, because nothing is known for sure any more.
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
