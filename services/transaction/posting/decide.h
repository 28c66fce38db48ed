#ifndef SERVICES_TRANSACTION_POSTING_DECIDE_H_
#define SERVICES_TRANSACTION_POSTING_DECIDE_H_

// The rules of posting, as a pure function over a batch: no SQL, no clock, no threads.
// What is decided is a unit: one transfer, or several that are posted all or none. Units
// are decided in queue order, each against the state that the ones before it left behind,
// and within a unit posting by posting. The first rule that a posting breaks refuses its
// unit:
//
//   1. its `id` is known: the same caller and content → the transaction as first posted
//      (replayed); anything else → TRANSACTION_EXISTS
//   2. what it reverses exists, and was not reversed  → TRANSACTION_NOT_FOUND,
//                                                       ALREADY_REVERSED
//   3. from_account, then to_account exists           → ACCOUNT_NOT_FOUND
//   4. both hold the same currency                    → CURRENCY_MISMATCH
//   5. from_account stays at or above its minimum     → INSUFFICIENT_FUNDS
//   6. both balances stay within kMaxBalance          → BALANCE_OVERFLOW
//
// No refusal tells a caller what an account holds that it may not see. Rule 4 does not name that
// account's currency. Rule 6 refuses such a receiver by what it held before the unit and
// without regard to the amount: from kMaxAmount below the limit on it takes nothing more.
// Otherwise trying amounts, which costs nothing, would find the balance.

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/transaction/store.h"

namespace ledgercast {

// One transfer to decide. Its fields were validated and its caller allowed before.
struct Posting {
  // `id` is set: the caller's, or one that was made for it.
  v1::CreateTransactionRequest request;
  std::string caller;
  // The id of the transaction that this one takes back, "" = none; the request holds its
  // accounts, exchanged, and its amount.
  std::string reverses;
  // The hash that it got in a commit which was left in doubt, "" = there was none. If a
  // transaction with that hash is found, that commit was this request's own, and its answer is the
  // first one and no replay. Another caller may have posted the same `id` meanwhile.
  std::string doubtful_hash;
  // Whether the caller may see `to_account`.
  bool sees_receiver = false;
};

// Never empty. `validate_only` is the same in all of its requests.
using PostingUnit = std::vector<Posting>;

struct Posted {
  v1::Transaction transaction;
  // Whether it was posted by an earlier request with the same id.
  bool replayed = false;
};

using AccountStates = absl::flat_hash_map<std::string, AccountState>;

// Transactions of the ledger that a batch refers to.
struct KnownEntries {
  // Transactions by id: of the ids that postings have, and of the ids that they reverse.
  absl::flat_hash_map<std::string, LedgerEntry> by_id;
  // The ids of transactions that were reversed, with the ids of their reversals.
  absl::flat_hash_map<std::string, std::string> reversed_by;
};

struct Decisions {
  // One outcome for each unit, in order; it holds one Posted for each posting.
  std::vector<absl::StatusOr<std::vector<Posted>>> outcomes;
  // What is to be appended, in order; empty if nothing is.
  std::vector<LedgerEntry> entries;
  // The position before the entries, and the head after them.
  Position before;
  Head head;
};

// Decides a batch. `accounts` holds the state at `head` of each account that a posting names and
// that exists, and perhaps of many others; it is moved on to the state after the batch. `now` is
// raised to the head's time if it is behind. An error in a unit of several postings carries the
// `index` of the posting.
Decisions Decide(const std::vector<const PostingUnit*>& units, const KnownEntries& known,
                 const Head& head, absl::Time now, AccountStates* accounts);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_POSTING_DECIDE_H_
