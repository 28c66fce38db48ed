// Implements PgStore's families of refresh tokens.

#include <utility>

#include "services/common/base/errors.h"
#include "services/transaction/postgres/pg_store.h"

namespace ledgercast::postgres {
namespace {

std::string Microseconds(absl::Duration duration) {
  return std::to_string(absl::ToInt64Microseconds(duration));
}

// Begins a family. The owner's row is locked first, so that concurrent sign-ins of one account
// cannot block each other half-way. Each new family also deletes up to twenty expired ones, so that
// the table does not grow.
constexpr char kBegin[] =
    "WITH owner AS (SELECT id FROM accounts WHERE name = $1 FOR NO KEY UPDATE), "
    "expired AS (DELETE FROM refresh_families WHERE id IN (SELECT id FROM refresh_families "
    "WHERE expire_time < now() ORDER BY expire_time LIMIT 20 FOR UPDATE SKIP LOCKED)), "
    "displaced AS (DELETE FROM refresh_families WHERE id IN (SELECT f.id FROM owner "
    "JOIN refresh_families f ON f.account = owner.id WHERE NOT f.is_legacy "
    "ORDER BY f.rotate_time DESC, f.id OFFSET $4::bigint)) "
    "INSERT INTO refresh_families (id, account, number, is_legacy, rotate_time, expire_time) "
    "SELECT $2::uuid, owner.id, 1, false, clock_timestamp(), "
    "now() + $3::bigint * interval '1 microsecond' FROM owner RETURNING number";

constexpr char kBeginLegacy[] =
    "INSERT INTO refresh_families (id, account, number, is_legacy, rotate_time, expire_time) "
    "SELECT $2::uuid, id, 0, true, clock_timestamp(), "
    "now() + $3::bigint * interval '1 microsecond' FROM accounts WHERE name = $1 "
    "ON CONFLICT (id) DO NOTHING";

constexpr char kLook[] =
    "SELECT f.number, (extract(epoch from clock_timestamp() - f.rotate_time) * 1000000)::bigint, "
    "(f.end_time IS NOT NULL OR f.expire_time <= clock_timestamp())::integer "
    "FROM refresh_families f JOIN accounts a ON a.id = f.account "
    "WHERE f.id = $2::uuid AND a.name = $1 FOR UPDATE OF f";

constexpr char kRotate[] =
    "UPDATE refresh_families SET number = number + 1, rotate_time = clock_timestamp(), "
    "expire_time = clock_timestamp() + $2::bigint * interval '1 microsecond' WHERE id = $1::uuid";

constexpr char kEnd[] =
    "UPDATE refresh_families SET end_time = clock_timestamp() WHERE id = $1::uuid";

// Begins a transaction, locks the family in it and judges the token.
absl::StatusOr<RefreshResult> Judge(const RefreshUse& use, Connection* connection) {
  if (const auto begun = connection->Run("BEGIN"); !begun.ok()) return begun.status();
  if (use.is_legacy) {
    const auto made =
        connection->Run(kBeginLegacy, {use.account, use.family, Microseconds(use.lifetime)});
    if (!made.ok()) return made.status();
  }
  const auto rows = connection->Run(kLook, {use.account, use.family});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return RefreshResult{RefreshOutcome::kEnded, 0};
  const FamilyState family{rows->Int(0, 0), absl::Microseconds(rows->Int(0, 1)),
                           rows->Int(0, 2) != 0};
  return RefreshResult{JudgeRefresh(family, use), family.number};
}

// Applies the outcome and ends the transaction.
absl::Status Conclude(const RefreshUse& use, RefreshResult* result, Connection* connection) {
  absl::Status changed;
  if (result->outcome == RefreshOutcome::kRotated) {
    ++result->number;
    changed = connection->Run(kRotate, {use.family, Microseconds(use.lifetime)}).status();
  } else if (result->outcome == RefreshOutcome::kReused) {
    changed = connection->Run(kEnd, {use.family}).status();
  }
  if (!changed.ok()) return changed;
  const absl::Status committed = connection->Commit();
  if (committed.code() != absl::StatusCode::kUnknown) return committed;
  return MakeError(absl::StatusCode::kUnavailable, reason::kDatabaseUnavailable,
                   "whether the token was renewed is not known");
}

}  // namespace

absl::Status PgStore::BeginFamily(const std::string& family, const std::string& account,
                                  absl::Duration lifetime, int64_t max_families) {
  const auto rows =
      Read(kBegin, {account, family, Microseconds(lifetime), std::to_string(max_families - 1)});
  // Read() may run the statement twice. Ids are random, so an existing one is from the first run.
  if (absl::IsAlreadyExists(rows.status())) return absl::OkStatus();
  if (!rows.ok()) return rows.status();
  return rows->empty() ? AccountNotFound(account) : absl::OkStatus();
}

absl::StatusOr<RefreshResult> PgStore::UseRefreshToken(const RefreshUse& use) {
  auto connection = Take();
  if (!connection.ok()) return connection.status();
  auto result = Judge(use, connection->get());
  if (absl::IsUnavailable(result.status())) {
    // Nothing was changed yet. The connection may have broken while it was idle in the pool.
    connection = TakeFresh();
    if (!connection.ok()) return connection.status();
    result = Judge(use, connection->get());
  }
  if (!result.ok()) return result.status();
  if (const absl::Status done = Conclude(use, &*result, connection->get()); !done.ok()) return done;
  GiveBack(std::move(*connection));
  return result;
}

absl::StatusOr<std::vector<EndedFamily>> PgStore::ListEndedFamilies(absl::Duration max_age,
                                                                    int64_t max_families) {
  const auto rows = Read(
      "SELECT id, (extract(epoch from end_time) * 1000000)::bigint FROM refresh_families "
      "WHERE end_time > now() - $1::bigint * interval '1 microsecond' "
      "ORDER BY end_time DESC LIMIT $2",
      {Microseconds(max_age), std::to_string(max_families)});
  if (!rows.ok()) return rows.status();
  std::vector<EndedFamily> families;
  families.reserve(rows->size());
  for (size_t row = 0; row < rows->size(); ++row) {
    families.push_back({std::string(rows->Text(row, 0)), absl::FromUnixMicros(rows->Int(row, 1))});
  }
  return families;
}

}  // namespace ledgercast::postgres
