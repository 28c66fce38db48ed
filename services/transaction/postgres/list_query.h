#ifndef SERVICES_TRANSACTION_POSTGRES_LIST_QUERY_H_
#define SERVICES_TRANSACTION_POSTGRES_LIST_QUERY_H_

#include <optional>
#include <string>
#include <vector>

#include "services/transaction/postgres/session.h"
#include "services/transaction/store.h"

namespace ledgercast::postgres {

struct Statement {
  std::string sql;
  std::vector<Param> params;
};

// By sequence, this many transactions of an account are looked at for a page of those that go
// between it and another one. Of the two accounts that are known, the one with fewer counts.
inline constexpr int64_t kMaxCandidates = 2'000;
// By amount, no more can be sorted: an index by amount took 37 % of posting, so there is none.
inline constexpr int64_t kMaxSortedTransactions = 100'000;

// SQL that finds the sequences of a page of `query`, in order, as (horizon, sequence); one row with
// no sequence where there are none. It reads no more of the ledger than the page and the limits
// above are long, whoever pays whom: everything is found by an account's index, account by account.
//
// The horizon is how far it looked: nothing that lies behind it was seen, and what is found up to
// it is complete. It is ListEnd(query) where it looked at everything.
//
// The text is put together from fixed pieces only: values are bound, and there are few distinct
// texts, so that statements stay prepared.
Statement BuildListStatement(const TransactionQuery& query);

// The horizon of a list that was looked at to its end.
int64_t ListEnd(const TransactionQuery& query);

// One way to take part in a transaction that a query asks for: as a sender, a receiver, or between
// two sets of accounts. A set that is absent is any account.
struct ListBranch {
  std::optional<std::vector<std::string>> from;
  std::optional<std::vector<std::string>> to;
};

// What a query asks for, as a union of few branches, none of which holds another; none at all where
// nothing can match.
std::vector<ListBranch> BranchesOf(const TransactionQuery& query);

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_LIST_QUERY_H_
