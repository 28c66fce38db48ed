#ifndef SERVICES_TRANSACTION_POSTING_DECIDE_H_
#define SERVICES_TRANSACTION_POSTING_DECIDE_H_

// Decides what is posted, by a pure function over a batch: no SQL, no clock, no threads. It decides
// units. A unit is one transfer, or several that are posted all or none. Units are decided in the
// order of the queue, each against the state that the units before it left behind. Within a unit,
// postings are decided one by one. The first rule that a posting breaks refuses its whole unit:
//
//   1. its `id` is new, or known with the same caller and content. In the second case the answer is
//      the transaction as first posted (replayed)     → otherwise TRANSACTION_EXISTS
//   2. what it reverses exists, and was not reversed  → otherwise TRANSACTION_NOT_FOUND,
//                                                       ALREADY_REVERSED
//   3. from_account and then to_account exists        → otherwise ACCOUNT_NOT_FOUND
//   4. both hold the same currency                    → otherwise CURRENCY_MISMATCH
//   5. from_account stays at or above its minimum     → otherwise INSUFFICIENT_FUNDS
//   6. both balances stay within kMaxBalance          → otherwise BALANCE_OVERFLOW
//
// No refusal tells a caller what is in an account that it may not see. Rule 4 does not name that
// account's currency. Rule 6 refuses such a receiver by its balance before the unit, whatever the
// amount: it accepts nothing more once that balance is within kMaxAmount of the limit. Otherwise a
// caller could find the balance by trying amounts, which costs nothing.

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/transaction/store.h"

namespace ledgercast {

// One transfer to decide. Its fields were validated before, and its caller was allowed to post it.
struct Posting {
  // `id` is always set: the caller chose it, or the service made it.
  v1::CreateTransactionRequest request;
  std::string caller;
  // The id of the transaction that this one reverses; "" if it is no reversal. For a reversal, the
  // request holds the accounts of that transaction, exchanged, and its amount.
  std::string reverses;
  // The hash that it got in a commit whose outcome was left in doubt; "" if there was none. If a
  // transaction with this hash is found, that commit was this request's own, so its answer is no
  // replay. Another caller may have posted the same `id` meanwhile.
  std::string doubtful_hash;
  // True if the caller may see `to_account`.
  bool sees_receiver = false;
};

// The postings that are posted all or none. A unit is never empty, and all of its requests have the
// same `validate_only`.
using PostingUnit = std::vector<Posting>;

struct Posted {
  v1::Transaction transaction;
  // True if an earlier request with the same id posted it.
  bool replayed = false;
};

using AccountStates = absl::flat_hash_map<std::string, AccountState>;

// The transactions of the ledger that a batch refers to.
struct KnownEntries {
  // Transactions by id: those that have a posting's id, and those that a posting reverses.
  absl::flat_hash_map<std::string, LedgerEntry> by_id;
  // For each transaction that was reversed, the id of its reversal, by its id.
  absl::flat_hash_map<std::string, std::string> reversed_by;
};

struct Decisions {
  // One outcome for each unit, in order; it holds one Posted for each posting.
  std::vector<absl::StatusOr<std::vector<Posted>>> outcomes;
  // The entries to append, in order; may be empty.
  std::vector<LedgerEntry> entries;
  // The position before the entries, and the head after them.
  Position before;
  Head head;
};

// Decides a batch. `accounts` must hold the state at `head` of each account that a posting names
// and that exists; it may hold many others. It is changed to the state after the batch. `now` is
// raised to the head's time if it is earlier. An error in a unit of several postings carries the
// `index` of the posting.
Decisions Decide(const std::vector<const PostingUnit*>& units, const KnownEntries& known,
                 const Head& head, absl::Time now, AccountStates* accounts);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_POSTING_DECIDE_H_
