#include "services/transaction/postgres/posting_session.h"

#include <nlohmann/json.hpp>

#include "services/common/base/errors.h"
#include "services/transaction/postgres/array_text.h"
#include "services/transaction/postgres/rows.h"

namespace ledgercast::postgres {
namespace {

// Returns SQL that inserts all rows of a batch. The last of them is the new head.
const std::string& InsertStatement() {
  static const auto& sql = *new std::string(
      "INSERT INTO transactions (sequence, id, from_account, to_account, amount, "
      "from_previous, to_previous, from_balance, to_balance, create_time, reverses, hash, "
      "currency, caller, description, metadata) SELECT u.sequence, u.id, u.from_account, "
      "u.to_account, u.amount, u.from_previous, u.to_previous, u.from_balance, u.to_balance, "
      "'epoch'::timestamptz + $16::bigint * interval '1 microsecond', u.reverses, u.hash, "
      "u.currency, u.caller, u.description, u.metadata "
      "FROM unnest($1::bigint[], $2::uuid[], $3::integer[], $4::integer[], $5::bigint[], "
      "$6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::uuid[], $11::bytea[], "
      "$12::text[], $13::text[], $14::text[], $15::jsonb[]) AS u(sequence, id, from_account, "
      "to_account, amount, from_previous, to_previous, from_balance, to_balance, reverses, hash, "
      "currency, caller, description, metadata)");
  return sql;
}

// Returns SQL that reads the states of accounts, in the columns of LoadAccounts().
const std::string& AccountStatesQuery() {
  static const auto& sql = *new std::string(
      "SELECT a.name, a.id, a.currency, a.minimum_balance, coalesce(n.balance, 0) AS balance, "
      "coalesce(n.sequence, 0) AS newest FROM accounts a LEFT JOIN LATERAL (" +
      NewestOf("a.id") + ") AS n ON true WHERE a.name = ANY($1::text[])");
  return sql;
}

// Returns SQL that reads the head and, as JSON, what FenceQuery asks for. It is one row, so that
// one answer holds everything.
const std::string& FenceStatement() {
  static const auto& sql = *new std::string(
      std::string("SELECT ") + kHeadColumns +
      ", (SELECT json_agg(json_build_array(name, id, currency, minimum_balance, balance, newest)) "
      "FROM (" +
      AccountStatesQuery() +
      ") AS states), (SELECT json_agg(id) FROM transactions WHERE id = ANY($2::uuid[]))" +
      kHeadTables);
  return sql;
}

NamedAccountState ToAccountState(const nlohmann::json& row) {
  AccountState state;
  state.id = row[1];
  state.currency = row[2];
  if (!row[3].is_null()) state.minimum_balance = row[3].get<int64_t>();
  state.balance = row[4];
  state.newest = row[5];
  return {row[0], std::move(state)};
}

std::string MetadataJson(const v1::Transaction& transaction) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [key, value] : transaction.metadata()) json[key] = value;
  return json.dump();
}

// Returns one array for each column, in the order of InsertStatement().
std::vector<Param> Columns(const std::vector<LedgerEntry>& entries) {
  enum Column {
    kSequence,
    kId,
    kFrom,
    kTo,
    kAmount,
    kFromPrevious,
    kToPrevious,
    kFromBalance,
    kToBalance,
    kReverses,
    kHash,
    kCurrency,
    kCaller,
    kDescription,
    kMetadata,
    kCount
  };
  ArrayText columns[kCount];
  for (const LedgerEntry& entry : entries) {
    const v1::Transaction& transaction = entry.transaction;
    columns[kSequence].Add(transaction.sequence());
    columns[kId].Add(transaction.id());
    columns[kFrom].Add(entry.from_id);
    columns[kTo].Add(entry.to_id);
    columns[kAmount].Add(transaction.amount());
    columns[kFromPrevious].Add(transaction.from_previous());
    columns[kToPrevious].Add(transaction.to_previous());
    columns[kFromBalance].Add(transaction.from_balance());
    columns[kToBalance].Add(transaction.to_balance());
    if (transaction.reverses().empty()) {
      columns[kReverses].AddNull();
    } else {
      columns[kReverses].Add(transaction.reverses());
    }
    columns[kHash].Add("\\x" + transaction.hash());
    columns[kCurrency].Add(transaction.currency());
    columns[kCaller].Add(entry.caller);
    columns[kDescription].Add(transaction.description());
    if (transaction.metadata().empty()) {
      columns[kMetadata].AddNull();
    } else {
      columns[kMetadata].Add(MetadataJson(transaction));
    }
  }
  std::vector<Param> params;
  for (ArrayText& column : columns) params.emplace_back(column.Take());
  return params;
}

}  // namespace

absl::StatusOr<Fenced> PgPostingSession::Fence(const FenceQuery& query) {
  // The lock is a separate statement, so that the next statement sees everything that was committed
  // before the lock was taken.
  const auto rows = connection_->Run("BEGIN; SELECT lock_ledger()", FenceStatement(),
                                     {TextArray(query.accounts), TextArray(query.ids)});
  if (!rows.ok()) return rows.status();
  Fenced fenced{ToHead(*rows), {}, {}};
  if (!rows->IsNull(0, kHeadColumnCount)) {
    for (const auto& row : nlohmann::json::parse(rows->Text(0, kHeadColumnCount))) {
      fenced.accounts.push_back(ToAccountState(row));
    }
  }
  if (!rows->IsNull(0, kHeadColumnCount + 1)) {
    fenced.known_ids = nlohmann::json::parse(rows->Text(0, kHeadColumnCount + 1));
  }
  found_known_ = !fenced.known_ids.empty();
  return fenced;
}

absl::StatusOr<std::vector<v1::Transaction>> PgPostingSession::ReadAfter(int64_t after,
                                                                         int64_t max_transactions) {
  static const auto& sql =
      *new std::string(std::string("SELECT ") + kTransactionColumns + " FROM transactions t" +
                       kTransactionJoins + "WHERE t.sequence > $1 ORDER BY t.sequence LIMIT $2");
  const auto rows =
      connection_->Run(sql, {std::to_string(after), std::to_string(max_transactions)});
  if (!rows.ok()) return rows.status();
  return ToTransactions(*rows);
}

absl::StatusOr<std::vector<LedgerEntry>> PgPostingSession::FindByIds(
    const std::vector<std::string>& ids) {
  static const auto& sql =
      *new std::string(std::string("SELECT ") + kTransactionColumns + " FROM transactions t" +
                       kTransactionJoins + "WHERE t.id = ANY($1::uuid[])");
  const auto rows = connection_->Run(sql, {TextArray(ids)});
  if (!rows.ok()) return rows.status();
  found_known_ = found_known_ || !rows->empty();
  std::vector<LedgerEntry> entries;
  for (size_t row = 0; row < rows->size(); ++row) entries.push_back(ToLedgerEntry(*rows, row));
  return entries;
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> PgPostingSession::FindReversals(
    const std::vector<std::string>& ids) {
  const auto rows = connection_->Run(
      "SELECT reverses, id FROM transactions WHERE reverses = ANY($1::uuid[])", {TextArray(ids)});
  if (!rows.ok()) return rows.status();
  std::vector<std::pair<std::string, std::string>> found;
  for (size_t row = 0; row < rows->size(); ++row) {
    found.emplace_back(rows->Text(row, 0), rows->Text(row, 1));
  }
  return found;
}

absl::StatusOr<std::vector<NamedAccountState>> PgPostingSession::LoadAccounts(
    const std::vector<std::string>& names) {
  const auto rows = connection_->Run(AccountStatesQuery(), {TextArray(names)});
  if (!rows.ok()) return rows.status();
  std::vector<NamedAccountState> accounts;
  for (size_t row = 0; row < rows->size(); ++row) {
    AccountState state;
    state.id = rows->Int(row, 1);
    state.currency = std::string(rows->Text(row, 2));
    if (!rows->IsNull(row, 3)) state.minimum_balance = rows->Int(row, 3);
    state.balance = rows->Int(row, 4);
    state.newest = rows->Int(row, 5);
    accounts.push_back({std::string(rows->Text(row, 0)), std::move(state)});
  }
  return accounts;
}

absl::Status PgPostingSession::Commit(const std::vector<LedgerEntry>& entries, const Head& head) {
  std::vector<Param> params = Columns(entries);
  params.emplace_back(std::to_string(absl::ToUnixMicros(head.create_time)));
  if (const auto written = connection_->Run(InsertStatement(), params); !written.ok()) {
    return written.status();
  }
  const absl::Status committed = connection_->Commit(
      notify_ ? std::string("NOTIFY ") + kChannel + ", '" + std::to_string(head.sequence) + "'; "
              : "");
  if (committed.ok()) return absl::OkStatus();
  // Whatever the error is, the server may have committed before it happened.
  return MakeError(absl::StatusCode::kUnknown, reason::kDatabaseUnavailable, MessageOf(committed));
}

absl::Status PgPostingSession::Release() {
  // A caller who learns of a transaction that is in the ledger already takes it for safe. It is
  // safe only if the standby has it as well.
  return found_known_ ? connection_->CommitBehindAll() : connection_->Run("ROLLBACK").status();
}

}  // namespace ledgercast::postgres
