#include "services/transaction/postgres/server_check.h"

#include "services/common/base/errors.h"

namespace ledgercast::postgres {
namespace {

constexpr char kWarnings[] =
    "SELECT 'fsync is off: a crash of the machine loses committed transactions' "
    "WHERE current_setting('fsync') = 'off' UNION ALL "
    "SELECT 'full_page_writes is off: a crash of the machine can damage the tables' "
    "WHERE current_setting('full_page_writes') = 'off' UNION ALL "
    "SELECT 'the database role ' || current_user || ' is a superuser; run the service as a role of "
    "its own (docs/operations/deploy.md)' "
    "WHERE current_setting('is_superuser') = 'on' UNION ALL "
    "SELECT 'the database role ' || current_user || ' may change history; run the service as a "
    "role "
    "of its own (docs/operations/deploy.md)' "
    "WHERE current_setting('is_superuser') = 'off' AND has_table_privilege('transactions', "
    "'DELETE')";

// Number of times that the sessions are compared. While one client is inside a transaction, even a
// pooler gives another client another session. So the first connection is asked for its session
// before that transaction and during it.
constexpr int kAttempts = 3;

absl::Status Pooled() {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, reason::kInternal,
      "a connection pooler stands in front of PostgreSQL and shares its sessions by "
      "transaction or statement (pgbouncer's pool_mode); the service needs sessions of "
      "its own: connect it to PostgreSQL directly, or set pool_mode=session");
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ServerWarnings(Connection* connection) {
  const auto rows = connection->Run(kWarnings);
  if (!rows.ok()) return rows.status();
  std::vector<std::string> warnings;
  for (size_t row = 0; row < rows->size(); ++row) warnings.emplace_back(rows->Text(row, 0));
  return warnings;
}

absl::Status CheckNoPooler(const PgOptions& options) {
  const auto one = Connect(options);
  if (!one.ok()) return one.status();
  const auto two = Connect(options);
  if (!two.ok()) return two.status();
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto first = (*one)->Run("SELECT pg_backend_pid()");
    if (!first.ok()) return first.status();
    const auto other = (*two)->Run("BEGIN; SELECT pg_backend_pid()");
    if (!other.ok()) return other.status();
    const auto again = (*one)->Run("SELECT pg_backend_pid()");
    if (!again.ok()) return again.status();
    if (const auto ended = (*two)->Run("ROLLBACK"); !ended.ok()) return ended.status();
    if (first->Text(0, 0) == other->Text(0, 0) || first->Text(0, 0) != again->Text(0, 0)) {
      return Pooled();
    }
  }
  return absl::OkStatus();
}

}  // namespace ledgercast::postgres
