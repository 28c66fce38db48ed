// PgStore's accounts and who may sign in as them.

#include <utility>

#include "services/common/errors.h"
#include "services/transaction/postgres/pg_store.h"
#include "services/transaction/postgres/rows.h"

namespace ledgercast::postgres {
namespace {

absl::Status AccountNotFound(const std::string& name) {
  return MakeError(absl::StatusCode::kNotFound, reason::kAccountNotFound,
                   "there is no account '" + name + "'", {{"account", name}});
}

}  // namespace

absl::StatusOr<v1::Account> PgStore::GetAccount(const std::string& name,
                                                const std::optional<Position>& at) {
  if (at) {
    if (const auto head = CheckedHead(*at); !head.ok()) return head.status();
  }
  static const auto& now = *new std::string(
      std::string("SELECT ") + kAccountColumns + ", coalesce(n.balance, 0) FROM accounts a LEFT " +
      "JOIN LATERAL (" + NewestOf("a.id", "") + ") AS n ON true WHERE a.name = $1");
  static const auto& then = *new std::string(
      std::string("SELECT ") + kAccountColumns + ", coalesce(n.balance, 0) FROM accounts a LEFT " +
      "JOIN LATERAL (" + NewestOf("a.id", " AND sequence <= $2::bigint") +
      ") AS n ON true WHERE a.name = $1");
  const auto rows = at ? Read(then, {name, std::to_string(at->sequence)}) : Read(now, {name});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return AccountNotFound(name);
  v1::Account account = ToAccount(*rows, 0);
  account.set_balance(rows->Int(0, kAccountColumnCount));
  return account;
}

absl::StatusOr<std::vector<v1::Account>> PgStore::ListAccounts(const std::string& after_name,
                                                               int64_t max_accounts) {
  static const auto& sql = *new std::string(
      std::string("SELECT ") + kAccountColumns + ", coalesce(n.balance, 0) FROM accounts a LEFT " +
      "JOIN LATERAL (" + NewestOf("a.id", "") +
      ") AS n ON true WHERE a.name > $1 ORDER BY a.name LIMIT $2");
  const auto rows = Read(sql, {after_name, std::to_string(max_accounts)});
  if (!rows.ok()) return rows.status();
  std::vector<v1::Account> accounts;
  for (size_t row = 0; row < rows->size(); ++row) {
    accounts.push_back(ToAccount(*rows, row));
    accounts.back().set_balance(rows->Int(row, kAccountColumnCount));
  }
  return accounts;
}

absl::StatusOr<v1::Account> PgStore::CreateAccount(const v1::Account& account,
                                                   const std::string& password_hash) {
  static const auto& sql = *new std::string(
      std::string("INSERT INTO accounts AS a (name, display_name, department, currency, "
                  "minimum_balance, password_hash) VALUES ($1, $2, $3, $4, $5, $6) "
                  "ON CONFLICT (name) DO NOTHING RETURNING ") +
      kAccountColumns);
  auto session = Take();
  if (!session.ok()) return session.status();
  const Param minimum = account.has_minimum_balance()
                            ? Param(std::to_string(account.minimum_balance()))
                            : std::nullopt;
  const auto rows =
      (*session)->Run(sql, {account.name(), account.display_name(), account.department(),
                            account.currency(), minimum, password_hash});
  if (!rows.ok()) return rows.status();
  GiveBack(std::move(*session));
  if (rows->empty()) {
    return MakeError(absl::StatusCode::kAlreadyExists, reason::kAccountExists,
                     "the name '" + account.name() + "' is taken", {{"account", account.name()}});
  }
  v1::Account created = ToAccount(*rows, 0);
  created.set_balance(0);
  return created;
}

absl::StatusOr<Credentials> PgStore::GetCredentials(const std::string& name) {
  static const auto& sql = *new std::string(std::string("SELECT ") + kAccountColumns +
                                            ", a.password_hash FROM accounts a WHERE a.name = $1");
  const auto rows = Read(sql, {name});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return AccountNotFound(name);
  return Credentials{ToAccount(*rows, 0), std::string(rows->Text(0, kAccountColumnCount))};
}

}  // namespace ledgercast::postgres
