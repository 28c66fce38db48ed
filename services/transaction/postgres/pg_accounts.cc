// Implements PgStore's methods for accounts, passwords and revocations.

#include <utility>

#include "services/common/base/errors.h"
#include "services/transaction/postgres/pg_store.h"
#include "services/transaction/postgres/rows.h"

namespace ledgercast::postgres {
namespace {

// Builds SQL that runs the statement `change`, selects `columns` of the changed rows and records
// each of them. All of this is one statement, so a crash cannot leave a change without its record.
std::string Recorded(std::string_view table, std::string_view subject, std::string_view change,
                     std::string_view columns) {
  std::string sql = "WITH changed AS (";
  sql.append(change).append(" RETURNING *) SELECT ").append(columns);
  sql.append(", record_change('").append(table).append("', ").append(subject);
  return sql.append("::text, to_jsonb(a)) FROM changed a");
}

// Stores the currency of `account`, if it is new, with the account's minor units. Must be called
// inside a transaction.
absl::Status RegisterCurrency(const v1::Account& account, Connection* connection) {
  const Param digits = account.has_minor_unit_digits()
                           ? Param(std::to_string(account.minor_unit_digits()))
                           : std::nullopt;
  static const auto& sql =
      *new std::string(Recorded("currencies", "a.code",
                                "INSERT INTO currencies (code, minor_unit_digits) VALUES ($1, "
                                "coalesce($2::integer, 0)) ON CONFLICT (code) DO NOTHING",
                                "a.code"));
  const auto added = connection->Run(sql, {account.currency(), digits});
  if (!added.ok()) return added.status();
  const auto rows = connection->Run("SELECT minor_unit_digits FROM currencies WHERE code = $1",
                                    {account.currency()});
  if (!rows.ok()) return rows.status();
  if (!digits || rows->Int(0, 0) == account.minor_unit_digits()) return absl::OkStatus();
  return InvalidField("account.minor_unit_digits", "is " + std::to_string(rows->Int(0, 0)) +
                                                       " for " + account.currency() +
                                                       "; leave it unset, or give that");
}

}  // namespace

absl::StatusOr<v1::Account> PgStore::GetAccount(const std::string& name,
                                                const std::optional<Position>& at) {
  static const auto& now = *new std::string(
      std::string("SELECT ") + kAccountColumns + ", coalesce(n.balance, 0) FROM accounts a LEFT " +
      "JOIN LATERAL (" + NewestOf("a.id") + ") AS n ON true WHERE a.name = $1");
  static const auto& then = *new std::string(
      std::string("SELECT ") + kAccountColumns + ", coalesce(n.balance, 0) FROM accounts a LEFT " +
      "JOIN LATERAL (" + NewestOf("a.id", "$2::bigint") + ") AS n ON true WHERE a.name = $1");
  const auto rows = OnOneConnection<Rows>([&](Connection* connection) -> absl::StatusOr<Rows> {
    if (!at) return connection->Run(now, {name});
    if (const auto head = CheckedHead(connection, *at); !head.ok()) return head.status();
    return connection->Run(then, {name, std::to_string(at->sequence)});
  });
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
      "JOIN LATERAL (" + NewestOf("a.id") +
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
      Recorded("accounts", "a.id",
               "INSERT INTO accounts (name, display_name, department, currency, minimum_balance, "
               "password_hash) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO NOTHING",
               kAccountColumns));
  auto connection = Take();
  if (!connection.ok()) return connection.status();
  absl::Status status = (*connection)->Run("BEGIN").status();
  if (status.ok()) status = RegisterCurrency(account, connection->get());
  if (!status.ok()) return status;
  const auto rows =
      (*connection)
          ->Run(sql,
                {account.name(), account.display_name(), account.department(), account.currency(),
                 account.has_minimum_balance() ? Param(std::to_string(account.minimum_balance()))
                                               : std::nullopt,
                 password_hash});
  if (!rows.ok()) return rows.status();
  const bool taken = rows->empty();
  const absl::Status ended =
      taken ? (*connection)->Run("ROLLBACK").status() : (*connection)->Commit();
  if (!ended.ok()) return ended;
  GiveBack(std::move(*connection));
  if (taken) {
    return MakeError(absl::StatusCode::kAlreadyExists, reason::kAccountExists,
                     "the name '" + account.name() + "' is taken", {{"account", account.name()}});
  }
  v1::Account created = ToAccount(*rows, 0);
  created.set_balance(0);
  return created;
}

absl::StatusOr<v1::Account> PgStore::UpdateAccount(const std::string& name,
                                                   const AccountChanges& changes) {
  static const auto& sql =
      *new std::string(Recorded("accounts", "a.id",
                                "UPDATE accounts SET display_name = coalesce($2, display_name), "
                                "department = coalesce($3, department), minimum_balance = "
                                "CASE WHEN $4::boolean THEN $5::bigint ELSE minimum_balance END, "
                                "token_generation = token_generation + "
                                "CASE WHEN $3 <> department THEN 1 ELSE 0 END, "
                                "tokens_revoked_time = CASE WHEN $3 <> department THEN now() ELSE "
                                "tokens_revoked_time END WHERE name = $1",
                                kAccountColumns));
  auto connection = Take();
  if (!connection.ok()) return connection.status();
  const bool limit = changes.minimum_balance.has_value();
  const Param minimum = limit && *changes.minimum_balance
                            ? Param(std::to_string(**changes.minimum_balance))
                            : std::nullopt;
  // Posters decide under the ledger's lock, by limits that they remember (see AccountMemory). So
  // the limit is changed under that lock. The lock also makes the recorded sequence exact: the new
  // limit holds for all transactions after it.
  const auto rows = (*connection)
                        ->Run(limit ? "BEGIN; SELECT lock_ledger(); "
                                      "UPDATE ledger SET settings_version = settings_version + 1"
                                    : "BEGIN",
                              sql,
                              {name, changes.display_name, changes.department,
                               std::string(limit ? "true" : "false"), minimum});
  if (!rows.ok()) return rows.status();
  const absl::Status ended =
      rows->empty() ? (*connection)->Run("ROLLBACK").status() : (*connection)->Commit();
  if (!ended.ok()) return ended;
  GiveBack(std::move(*connection));
  if (rows->empty()) return AccountNotFound(name);
  return GetAccount(name, std::nullopt);
}

absl::StatusOr<Credentials> PgStore::GetCredentials(const std::string& name) {
  static const auto& sql = *new std::string(std::string("SELECT ") + kAccountColumns +
                                            ", a.password_hash, a.token_generation "
                                            "FROM accounts a WHERE a.name = $1");
  const auto rows = Read(sql, {name});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return AccountNotFound(name);
  return Credentials{ToAccount(*rows, 0), std::string(rows->Text(0, kAccountColumnCount)),
                     rows->Int(0, kAccountColumnCount + 1)};
}

// Read() may run this and the next one twice, which revokes the same tokens.
absl::StatusOr<int64_t> PgStore::RevokeTokens(const std::string& name) {
  static const auto& sql =
      *new std::string(Recorded("accounts", "a.id",
                                "UPDATE accounts SET token_generation = token_generation + 1, "
                                "tokens_revoked_time = now() WHERE name = $1",
                                "a.token_generation"));
  const auto rows = Read(sql, {name});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return AccountNotFound(name);
  return rows->Int(0, 0);
}

absl::StatusOr<int64_t> PgStore::SetPassword(const std::string& name,
                                             const std::string& password_hash,
                                             std::optional<int64_t> after) {
  static const auto& sql = *new std::string(
      Recorded("accounts", "a.id",
               "UPDATE accounts SET password_hash = $2, token_generation = token_generation + 1, "
               "tokens_revoked_time = now() WHERE name = $1 "
               "AND token_generation = coalesce($3::bigint, token_generation)",
               "a.token_generation"));
  const auto rows =
      Read(sql, {name, password_hash, after ? Param(std::to_string(*after)) : std::nullopt});
  if (!rows.ok()) return rows.status();
  if (!rows->empty()) return rows->Int(0, 0);
  if (after) return absl::FailedPreconditionError("the account's tokens were revoked meanwhile");
  return AccountNotFound(name);
}

absl::StatusOr<std::vector<Revocation>> PgStore::ListRevocations(absl::Duration max_age,
                                                                 int64_t max_revocations) {
  const auto rows = Read(
      "SELECT name, token_generation, "
      "(extract(epoch from tokens_revoked_time) * 1000000)::bigint FROM accounts "
      "WHERE tokens_revoked_time > now() - $1::bigint * interval '1 microsecond' "
      "ORDER BY tokens_revoked_time DESC LIMIT $2",
      {std::to_string(absl::ToInt64Microseconds(max_age)), std::to_string(max_revocations)});
  if (!rows.ok()) return rows.status();
  std::vector<Revocation> revocations;
  revocations.reserve(rows->size());
  for (size_t row = 0; row < rows->size(); ++row) {
    revocations.push_back({std::string(rows->Text(row, 0)), rows->Int(row, 1),
                           absl::FromUnixMicros(rows->Int(row, 2))});
  }
  return revocations;
}

}  // namespace ledgercast::postgres
