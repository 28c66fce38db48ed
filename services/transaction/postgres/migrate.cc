#include "services/transaction/postgres/migrate.h"

#include <spdlog/spdlog.h>

#include "services/common/errors.h"

namespace ledgercast::postgres {
namespace {

// Any number that no other user of the database takes: "ledgrcst" in ASCII.
constexpr char kLock[] = "SELECT pg_advisory_xact_lock(7810755305379951476)";

absl::StatusOr<int64_t> CurrentVersion(Session* session) {
  const auto created = session->Run(
      "CREATE TABLE IF NOT EXISTS schema_migrations ("
      "version integer PRIMARY KEY, name text NOT NULL, applied timestamptz NOT NULL DEFAULT "
      "now())");
  if (!created.ok()) return created.status();
  const auto rows = session->Run("SELECT coalesce(max(version), 0) FROM schema_migrations");
  if (!rows.ok()) return rows.status();
  return rows->Int(0, 0);
}

// One step inside an open transaction. True if there was something to do.
absl::StatusOr<bool> ApplyNext(Session* session) {
  if (const auto locked = session->Run(kLock); !locked.ok()) return locked.status();
  const auto version = CurrentVersion(session);
  if (!version.ok()) return version.status();
  if (*version > Migrations().back().version) {
    return MakeError(absl::StatusCode::kFailedPrecondition, reason::kInternal,
                     "the database is at schema version " + std::to_string(*version) +
                         ", newer than this program knows; run a newer program");
  }
  for (const Migration& migration : Migrations()) {
    if (migration.version <= *version) continue;
    spdlog::info("migrating the database: {}", migration.name);
    if (const auto done = session->Run(migration.sql); !done.ok()) return done.status();
    const auto noted =
        session->Run("INSERT INTO schema_migrations (version, name) VALUES ($1, $2)",
                     {std::to_string(migration.version), std::string(migration.name)});
    if (!noted.ok()) return noted.status();
    return true;
  }
  return false;
}

}  // namespace

absl::Status Migrate(Session* session) {
  while (true) {
    if (const auto begun = session->Run("BEGIN"); !begun.ok()) return begun.status();
    const auto applied = ApplyNext(session);
    if (!applied.ok()) return applied.status();
    if (const auto done = session->Run("COMMIT"); !done.ok()) return done.status();
    if (!*applied) return absl::OkStatus();
  }
}

}  // namespace ledgercast::postgres
