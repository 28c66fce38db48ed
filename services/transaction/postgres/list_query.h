#ifndef SERVICES_TRANSACTION_POSTGRES_LIST_QUERY_H_
#define SERVICES_TRANSACTION_POSTGRES_LIST_QUERY_H_

#include <optional>
#include <string>
#include <vector>

#include "services/transaction/postgres/connection.h"
#include "services/transaction/store.h"

namespace ledgercast::postgres {

struct Statement {
  std::string sql;
  std::vector<Param> params;
};

// Maximum number of an account's transactions that a list by sequence examines, for a page of
// transactions between it and another account. It examines the account that has fewer.
inline constexpr int64_t kMaxCandidates = 2'000;
// Maximum number of transactions that a list by amount can sort. There is no index by amount,
// because it slowed posting down by 37 %.
inline constexpr int64_t kMaxSortedTransactions = 100'000;

// Builds SQL that finds the sequences of a page of `query`, in order, as rows (horizon, sequence).
// If there are none it returns one row without a sequence. Everything is found by an account's
// index, account by account. So it reads only as much of the ledger as the page and the limits
// above allow, whoever pays whom.
//
// The horizon says how far the search went: it found everything up to there and nothing behind. It
// is ListEnd(query) if the search reached the end.
//
// The text is put together from fixed pieces, and values are bound. So there are few different
// texts, and the statements stay prepared.
Statement BuildListStatement(const TransactionQuery& query);

// Returns the horizon of a list that was searched to its end.
int64_t ListEnd(const TransactionQuery& query);

// A way to take part in a transaction that a query asks for: as sender, as receiver, or between two
// sets of accounts. An absent set means any account.
struct ListBranch {
  std::optional<std::vector<std::string>> from;
  std::optional<std::vector<std::string>> to;
};

// Returns what a query asks for as a union of a few branches, none of which includes another one.
// Returns none if nothing can match.
std::vector<ListBranch> BranchesOf(const TransactionQuery& query);

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_LIST_QUERY_H_
