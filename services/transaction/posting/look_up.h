#ifndef SERVICES_TRANSACTION_POSTING_LOOK_UP_H_
#define SERVICES_TRANSACTION_POSTING_LOOK_UP_H_

// Finds what must be known before Decide() can decide a batch. These functions are pure, except
// that LookUp() asks the session.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/transaction/posting/decide.h"
#include "services/transaction/posting/posting_queue.h"
#include "services/transaction/store.h"

namespace ledgercast {

// Returns the names of all accounts that the postings name, each name once.
std::vector<std::string> AccountsOf(const std::vector<const PostingUnit*>& units);

// Returns the ids that may be in the ledger already, because their caller chose them.
std::vector<std::string> IdsToFind(const std::vector<PostingItem>& batch);

// Reads the transactions with `known_ids` and those that `units` reverse. Call it only between
// Fence() of the session and Commit() or Release(). Returns UNAVAILABLE if the database cannot be
// reached.
absl::StatusOr<KnownEntries> LookUp(const std::vector<const PostingUnit*>& units,
                                    std::vector<std::string> known_ids, PostingSession* session);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_POSTING_LOOK_UP_H_
