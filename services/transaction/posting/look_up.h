#ifndef SERVICES_TRANSACTION_POSTING_LOOK_UP_H_
#define SERVICES_TRANSACTION_POSTING_LOOK_UP_H_

// Finds what has to be known of a batch before Decide() can decide it. Pure except for the session
// that LookUp() asks.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/transaction/posting/decide.h"
#include "services/transaction/posting/posting_queue.h"
#include "services/transaction/store.h"

namespace ledgercast {

// Returns the name of each account that a posting names, once.
std::vector<std::string> AccountsOf(const std::vector<const PostingUnit*>& units);

// Returns the ids that may be known already, because their caller chose them.
std::vector<std::string> IdsToFind(const std::vector<PostingItem>& batch);

// Reads the transactions under `known_ids` and those that `units` reverse. Only between the
// session's Fence() and its end. UNAVAILABLE.
absl::StatusOr<KnownEntries> LookUp(const std::vector<const PostingUnit*>& units,
                                    std::vector<std::string> known_ids, PostingSession* session);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_POSTING_LOOK_UP_H_
