#include "services/transaction/postgres/rows.h"

#include <nlohmann/json.hpp>

#include "absl/strings/substitute.h"
#include "services/common/base/proto_time.h"
#include "services/transaction/postgres/array_text.h"

namespace ledgercast::postgres {
namespace {

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

void ReadMetadata(std::string_view json, v1::Transaction* transaction) {
  const auto parsed = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return;
  for (const auto& [key, value] : parsed.items()) {
    if (value.is_string()) (*transaction->mutable_metadata())[key] = value.get<std::string>();
  }
}

}  // namespace

std::string TextArray(const std::vector<std::string>& values) {
  ArrayText array;
  for (const std::string& value : values) array.Add(value);
  return array.Take();
}

v1::Transaction ToTransaction(const Rows& rows, size_t row) {
  const auto text = [&](size_t column) { return std::string(rows.Text(row, column)); };
  v1::Transaction transaction;
  transaction.set_sequence(rows.Int(row, 0));
  transaction.set_id(text(1));
  transaction.set_from_account(text(2));
  transaction.set_to_account(text(3));
  transaction.set_amount(rows.Int(row, 4));
  transaction.set_currency(text(5));
  transaction.set_description(text(6));
  if (!rows.IsNull(row, 7)) ReadMetadata(rows.Text(row, 7), &transaction);
  *transaction.mutable_create_time() = ToProto(absl::FromUnixMicros(rows.Int(row, 8)));
  if (!rows.IsNull(row, 9)) transaction.set_reverses(text(9));
  transaction.set_from_previous(rows.Int(row, 10));
  transaction.set_to_previous(rows.Int(row, 11));
  transaction.set_from_balance(rows.Int(row, 12));
  transaction.set_to_balance(rows.Int(row, 13));
  transaction.set_hash(text(14));
  return transaction;
}

LedgerEntry ToLedgerEntry(const Rows& rows, size_t row) {
  LedgerEntry entry;
  entry.transaction = ToTransaction(rows, row);
  entry.caller = std::string(rows.Text(row, 15));
  return entry;
}

std::vector<v1::Transaction> ToTransactions(const Rows& rows) {
  std::vector<v1::Transaction> transactions;
  transactions.reserve(rows.size());
  for (size_t row = 0; row < rows.size(); ++row) transactions.push_back(ToTransaction(rows, row));
  return transactions;
}

v1::Account ToAccount(const Rows& rows, size_t row) {
  v1::Account account;
  account.set_name(std::string(rows.Text(row, 0)));
  account.set_display_name(std::string(rows.Text(row, 1)));
  account.set_department(std::string(rows.Text(row, 2)));
  account.set_currency(std::string(rows.Text(row, 3)));
  account.set_no_minimum(rows.IsNull(row, 4));
  if (!account.no_minimum()) account.set_minimum_balance(rows.Int(row, 4));
  *account.mutable_create_time() = ToProto(absl::FromUnixMicros(rows.Int(row, 5)));
  account.set_minor_unit_digits(static_cast<int32_t>(rows.Int(row, 6)));
  return account;
}

Head ToHead(const Rows& rows) {
  Head head;
  head.ledger = std::string(rows.Text(0, 0));
  head.sequence = rows.Int(0, 1);
  if (rows.IsNull(0, 2)) {
    head.hash = GenesisHash(head.ledger);
  } else {
    HashFromHex(rows.Text(0, 2), &head.hash);
  }
  head.create_time = absl::FromUnixMicros(rows.Int(0, 3));
  head.settings_version = rows.Int(0, 4);
  head.read_time = absl::FromUnixMicros(rows.Int(0, 5));
  return head;
}

std::string NewestOf(std::string_view account_id, std::string_view until) {
  const auto side = [&](const SideColumns& columns) {
    return absl::Substitute(
        "(SELECT $0 AS account, sequence, $1 AS balance FROM transactions WHERE ($0, sequence) <= "
        "($2, $3) ORDER BY $0 DESC, sequence DESC LIMIT 1)",
        columns.account, columns.balance, Absl(account_id), Absl(until));
  };
  return absl::Substitute(
      "SELECT balance, sequence FROM ($0 UNION ALL $1) AS sides WHERE account = $2 ORDER BY "
      "sequence DESC LIMIT 1",
      side(kFromSide), side(kToSide), Absl(account_id));
}

}  // namespace ledgercast::postgres
