#ifndef SERVICES_TRANSACTION_POSTGRES_ROWS_H_
#define SERVICES_TRANSACTION_POSTGRES_ROWS_H_

// Turns table rows into messages, and lists into parameters. Every SELECT of transactions and
// accounts uses these lists of columns, so that the order of columns is defined only once.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/transaction/postgres/connection.h"
#include "services/transaction/store.h"

namespace ledgercast::postgres {

// The NOTIFY channel for new transactions; the payload is the head's sequence.
inline constexpr char kChannel[] = "ledgercast_head";

// Columns of `transactions t` joined with `accounts f` and `accounts o` (kTransactionJoins).
inline constexpr char kTransactionColumns[] =
    "t.sequence, t.id, f.name, o.name, t.amount, t.currency, t.description, t.metadata, "
    "(extract(epoch from t.create_time) * 1000000)::bigint, t.reverses, t.from_previous, "
    "t.to_previous, t.from_balance, t.to_balance, encode(t.hash, 'hex'), t.caller";
inline constexpr char kTransactionJoins[] =
    " JOIN accounts f ON f.id = t.from_account JOIN accounts o ON o.id = t.to_account ";

// Returns `values` as the text of an array, to be bound as one parameter.
std::string TextArray(const std::vector<std::string>& values);

v1::Transaction ToTransaction(const Rows& rows, size_t row);
LedgerEntry ToLedgerEntry(const Rows& rows, size_t row);
std::vector<v1::Transaction> ToTransactions(const Rows& rows);

// The largest possible sequence.
inline constexpr char kNoBound[] = "9223372036854775807";

inline constexpr char kAccountColumns[] =
    "a.name, a.display_name, a.department, a.currency, a.minimum_balance, "
    "(extract(epoch from a.create_time) * 1000000)::bigint, "
    "coalesce((SELECT c.minor_unit_digits FROM currencies c WHERE c.code = a.currency), 0)";
inline constexpr size_t kAccountColumnCount = 7;

// Reads an account without its balance.
v1::Account ToAccount(const Rows& rows, size_t row);

// Columns of `ledger l` joined with its newest transaction `n` (kHeadTables).
inline constexpr char kHeadColumns[] =
    "l.ledger, coalesce(n.sequence, 0), encode(n.hash, 'hex'), "
    "coalesce((extract(epoch from n.create_time) * 1000000)::bigint, 0), l.settings_version, "
    "(extract(epoch from clock_timestamp()) * 1000000)::bigint";
inline constexpr size_t kHeadColumnCount = 6;
inline constexpr char kHeadTables[] =
    " FROM ledger l LEFT JOIN LATERAL (SELECT sequence, hash, create_time FROM transactions ORDER "
    "BY sequence DESC LIMIT 1) AS n ON true";

Head ToHead(const Rows& rows);

// --- an account's transactions ---
//
// These are found by comparing (account, sequence) as a row, and in that order. Only the two
// indexes that begin with an account can serve such a query. With `from_account = x ORDER BY
// sequence`, PostgreSQL would walk the whole ledger by its primary key if its statistics say that
// few accounts send.

// Names of the columns of `transactions` for one side.
struct SideColumns {
  const char* account;
  const char* balance;
};
inline constexpr SideColumns kFromSide = {"from_account", "from_balance"};
inline constexpr SideColumns kToSide = {"to_account", "to_balance"};

// Returns SQL that selects balance and sequence of the newest transaction of `account_id` up to the
// sequence `until`. Both arguments are SQL themselves. It takes two index probes.
std::string NewestOf(std::string_view account_id, std::string_view until = kNoBound);

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_ROWS_H_
