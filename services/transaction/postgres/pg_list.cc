// Implements PgStore's lists of transactions.

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/common/base/errors.h"
#include "services/transaction/postgres/list_query.h"
#include "services/transaction/postgres/pg_store.h"
#include "services/transaction/postgres/rows.h"

namespace ledgercast::postgres {
namespace {

// Reads the transactions whose sequences the list's statement found, in the order of `found`.
absl::StatusOr<std::vector<v1::Transaction>> ReadFound(Connection* connection, const Rows& found) {
  static const auto& sql =
      *new std::string(std::string("SELECT ") + kTransactionColumns + " FROM transactions t" +
                       kTransactionJoins + "WHERE t.sequence = ANY ($1::bigint[])");
  std::vector<std::string> sequences;
  for (size_t row = 0; row < found.size(); ++row) {
    if (!found.IsNull(row, 1)) sequences.emplace_back(found.Text(row, 1));
  }
  if (sequences.empty()) return std::vector<v1::Transaction>();
  const auto rows = connection->Run(sql, {TextArray(sequences)});
  if (!rows.ok()) return rows.status();
  std::vector<v1::Transaction> transactions = ToTransactions(*rows);
  absl::flat_hash_map<int64_t, size_t> places;
  for (size_t row = 0; row < found.size(); ++row) places.emplace(found.Int(row, 1), row);
  std::sort(transactions.begin(), transactions.end(),
            [&places](const auto& one, const auto& other) {
              return places[one.sequence()] < places[other.sequence()];
            });
  return transactions;
}

}  // namespace

absl::StatusOr<ListedTransactions> PgStore::ListTransactions(const TransactionQuery& query) {
  const Statement statement = BuildListStatement(query);
  return OnOneConnection<ListedTransactions>(
      [&](Connection* connection) -> absl::StatusOr<ListedTransactions> {
        const auto found = connection->Run(statement.sql, statement.params);
        if (!found.ok()) return found.status();
        const int64_t horizon = found->Int(0, 0);
        const bool is_complete = horizon == ListEnd(query);
        if (query.order == OrderKey::kAmount && !is_complete) {
          return InvalidField("order_by", "amount is for at most " +
                                              std::to_string(kMaxSortedTransactions) +
                                              " transactions, and more match; give `after`, an "
                                              "account or both, or another order");
        }
        auto transactions = ReadFound(connection, *found);
        if (!transactions.ok()) return transactions.status();
        ListedTransactions listed{*std::move(transactions), std::nullopt};
        const bool is_full = std::ssize(listed.transactions) == query.max_transactions;
        if (!is_complete && !is_full) listed.looked_until = horizon;
        return listed;
      });
}

}  // namespace ledgercast::postgres
