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

// Most transactions of an account that a list by sequence looks at, for a page of transactions
// between it and another account. It takes the account that has fewer.
inline constexpr int64_t kMaxCandidates = 2'000;
// Most transactions that a list by amount can sort. There is no index by amount: it took 37 % of
// posting.
inline constexpr int64_t kMaxSortedTransactions = 100'000;

// Builds SQL that finds the sequences of a page of `query`, in order, as (horizon, sequence); one
// row with no sequence if there are none. It reads no more of the ledger than the page and the
// limits above are long, whoever pays whom: everything is found by an account's index, account by
// account.
//
// The horizon is how far it looked: nothing behind it was seen, and everything up to it was found.
// It is ListEnd(query) if it looked at everything.
//
// The text is put together from fixed pieces only: values are bound, and there are few distinct
// texts, so that statements stay prepared.
Statement BuildListStatement(const TransactionQuery& query);

// Returns the horizon of a list that was looked at to its end.
int64_t ListEnd(const TransactionQuery& query);

// One way to take part in a transaction that a query asks for: as a sender, a receiver, or between
// two sets of accounts. A set that is absent is any account.
struct ListBranch {
  std::optional<std::vector<std::string>> from;
  std::optional<std::vector<std::string>> to;
};

// Returns what a query asks for, as a union of few branches, none of which holds another. There are
// none if nothing can match.
std::vector<ListBranch> BranchesOf(const TransactionQuery& query);

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_LIST_QUERY_H_
