#ifndef SERVICES_TRANSACTION_POSTGRES_ROWS_H_
#define SERVICES_TRANSACTION_POSTGRES_ROWS_H_

// How table rows become messages, and lists parameters. Every SELECT of transactions and accounts
// uses these column lists, so that the order of columns is said once.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/transaction/postgres/session.h"
#include "services/transaction/store.h"

namespace ledgercast::postgres {

// NOTIFY channel of new transactions; the payload is the head's sequence.
inline constexpr char kChannel[] = "ledgercast_head";

// Of `transactions t` joined with `accounts f` and `accounts o` (kTransactionJoins).
inline constexpr char kTransactionColumns[] =
    "t.sequence, t.id, f.name, o.name, t.amount, t.currency, t.description, t.metadata, "
    "(extract(epoch from t.create_time) * 1000000)::bigint, t.reverses, t.from_previous, "
    "t.to_previous, t.from_balance, t.to_balance, encode(t.hash, 'hex'), t.caller";
inline constexpr char kTransactionJoins[] =
    " JOIN accounts f ON f.id = t.from_account JOIN accounts o ON o.id = t.to_account ";

// `values` as one bound parameter.
std::string TextArray(const std::vector<std::string>& values);

v1::Transaction ToTransaction(const Rows& rows, size_t row);
LedgerEntry ToLedgerEntry(const Rows& rows, size_t row);
std::vector<v1::Transaction> ToTransactions(const Rows& rows);

inline constexpr char kAccountColumns[] =
    "a.name, a.display_name, a.department, a.currency, a.minimum_balance, "
    "(extract(epoch from a.create_time) * 1000000)::bigint, "
    "coalesce((SELECT c.minor_unit_digits FROM currencies c WHERE c.code = a.currency), 0)";
inline constexpr size_t kAccountColumnCount = 7;

// Without its balance.
v1::Account ToAccount(const Rows& rows, size_t row);

inline constexpr char kHeadColumns[] =
    "ledger, sequence, encode(hash, 'hex'), "
    "(extract(epoch from create_time) * 1000000)::bigint, settings_version";
inline constexpr size_t kHeadColumnCount = 5;

Head ToHead(const Rows& rows);

// SQL that selects balance and sequence of the newest transaction of `account_id`, with
// `bound` (" AND sequence <= $1", or "") on each side: two index probes.
std::string NewestOf(std::string_view account_id, std::string_view bound);

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_ROWS_H_
