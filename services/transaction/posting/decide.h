#ifndef SERVICES_TRANSACTION_POSTING_DECIDE_H_
#define SERVICES_TRANSACTION_POSTING_DECIDE_H_

// The rules of posting, as a pure function over a batch: no SQL, no clock, no threads.
// Items are decided in queue order, each against the state that the ones before it left
// behind, and the first rule that an item breaks is its answer:
//
//   1. its `id` is known: the same caller and content → the transaction as first posted
//      (replayed); anything else → TRANSACTION_EXISTS
//   2. from_account, then to_account exists                       → ACCOUNT_NOT_FOUND
//   3. both hold the same currency                                → CURRENCY_MISMATCH
//   4. from_account stays at or above its minimum_balance         → INSUFFICIENT_FUNDS
//   5. both balances stay within 64 bits                          → BALANCE_OVERFLOW

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
};

struct Posted {
  v1::Transaction transaction;
  // It was posted by an earlier request with the same id.
  bool replayed = false;
};

using AccountStates = absl::flat_hash_map<std::string, AccountState>;
using KnownEntries = absl::flat_hash_map<std::string, LedgerEntry>;

struct Decisions {
  // One a posting, in order.
  std::vector<absl::StatusOr<Posted>> outcomes;
  // What is to be appended, in order; empty if nothing is.
  std::vector<LedgerEntry> entries;
  // The head after them.
  Head head;
};

// `known` holds the ledger's transactions under the postings' ids, `accounts` the state
// at `head` of each account that a posting names and that exists; it is moved on to the
// state after the batch. `now` is raised to the head's time where it is behind.
Decisions Decide(const std::vector<const Posting*>& postings, const KnownEntries& known,
                 const Head& head, absl::Time now, AccountStates* accounts);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_POSTING_DECIDE_H_
