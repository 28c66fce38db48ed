#include "services/transaction/postgres/migrate.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/common/base/clock.h"
#include "services/common/base/errors.h"
#include "services/transaction/postgres/advisory_locks.h"
#include "services/transaction/postgres/grants.h"
#include "services/transaction/postgres/migration_file.h"
#include "services/transaction/postgres/migration_progress.h"

namespace ledgercast::postgres {
namespace {

// The session holds kSchemaLock. The lock is tried and not waited for, because a statement that
// waits would in turn keep CREATE INDEX CONCURRENTLY waiting.
constexpr char kTryLock[] = "SELECT pg_try_advisory_lock($1::bigint)";
constexpr char kUnlock[] = "SELECT pg_advisory_unlock($1::bigint)";
constexpr absl::Duration kLockRetry = absl::Milliseconds(100);
constexpr absl::Duration kLongestRetry = absl::Seconds(5);

constexpr char kTable[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations (version integer PRIMARY KEY, name text NOT "
    "NULL, applied timestamptz NOT NULL DEFAULT now()); "
    "ALTER TABLE schema_migrations ADD COLUMN IF NOT EXISTS checksum text, "
    "ADD COLUMN IF NOT EXISTS oldest_program integer";

absl::Status Final(std::string_view message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason::kInternal, message);
}

struct Applied {
  // The checksum of each applied version; "" if it was applied before checksums were kept.
  std::map<int, std::string> checksums;
  // The version of the schema that a program must know at least.
  int oldest_program = 0;
};

absl::StatusOr<Applied> ReadApplied(Connection* connection) {
  Applied applied;
  const auto columns = connection->Run(
      "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('schema_migrations') AND "
      "attname IN ('version', 'checksum')");
  if (!columns.ok()) return columns.status();
  const int64_t known = columns->Int(0, 0);
  if (known == 0) return applied;
  const auto rows = connection->Run(
      known == 2 ? "SELECT version, coalesce(checksum, ''), coalesce(oldest_program, version) FROM "
                   "schema_migrations"
                 : "SELECT version, '', version FROM schema_migrations");
  if (!rows.ok()) return rows.status();
  for (size_t row = 0; row < rows->size(); ++row) {
    applied.checksums.emplace(rows->Int(row, 0), rows->Text(row, 1));
    applied.oldest_program = std::max(applied.oldest_program, static_cast<int>(rows->Int(row, 2)));
  }
  return applied;
}

// Checks whether this program may run on the applied migrations, or migrate the database further.
absl::Status CheckApplied(const Applied& applied, const std::vector<Migration>& migrations) {
  const int own = migrations.back().version;
  if (applied.oldest_program > own) {
    return Final(absl::StrCat("the database is at schema version ",
                              applied.checksums.rbegin()->first,
                              ", newer than this program knows; run a newer program (it must know "
                              "version ",
                              applied.oldest_program, ", this one knows ", own, ")"));
  }
  for (const Migration& migration : migrations) {
    const auto there = applied.checksums.find(migration.version);
    if (there == applied.checksums.end() || there->second.empty()) continue;
    if (there->second == ChecksumOf(migration)) continue;
    return Final(absl::StrCat(
        "migration ", migration.name, " was applied to this database with another content than ",
        "this program has: one of the two is not of a release; compare them before you go on"));
  }
  return absl::OkStatus();
}

// Returns the first migration that was not applied; nullptr if all were.
const Migration* NextOf(const Applied& applied, const std::vector<Migration>& migrations) {
  for (const Migration& migration : migrations) {
    if (!applied.checksums.contains(migration.version)) return &migration;
  }
  return nullptr;
}

// Performs one Migrate(). It takes the lock by which programs take turns.
class Migrator {
 public:
  Migrator(Connection* connection, const MigrateOptions& options)
      : connection_(connection), options_(options) {}

  absl::Status Run() {
    if (const absl::Status status = AwaitTurn(); !status.ok()) return status;
    absl::Status status = Persist([this] { return connection_->Run(kTable).status(); });
    while (status.ok()) {
      const auto applied = ReadApplied(connection_);
      if (!applied.ok()) return applied.status();
      status = CheckApplied(*applied, *options_.migrations);
      if (!status.ok()) break;
      const Migration* const next = NextOf(*applied, *options_.migrations);
      if (next == nullptr) {
        status = NoteChecksums(*applied);
        if (status.ok()) status = Grant();
        break;
      }
      status = Persist([this, next] { return Apply(*next); });
    }
    const absl::Status unlocked = connection_->Run(kUnlock, {std::to_string(kSchemaLock)}).status();
    return status.ok() ? unlocked : status;
  }

 private:
  absl::Status AwaitTurn() {
    bool said = false;
    while (true) {
      const auto locked = connection_->Run(kTryLock, {std::to_string(kSchemaLock)});
      if (!locked.ok()) return locked.status();
      if (locked->Text(0, 0) == "t") return absl::OkStatus();
      if (!said) spdlog::info("another program migrates the database; waiting for it");
      said = true;
      if (!options_.keep_trying()) return GivenUp("another program migrates the database");
      absl::SleepFor(kLockRetry);
    }
  }

  // Runs `step` until it succeeds or fails for good. Live replicas may hold the locks that it needs
  // for a while.
  template <typename Step>
  absl::Status Persist(Step step) {
    absl::Duration delay = kLockRetry;
    while (true) {
      const absl::Status status = step();
      if (status.ok() || !(absl::IsUnavailable(status) || absl::IsAborted(status))) return status;
      // This fails if the connection is lost, which the caller has to handle.
      if (const absl::Status undone = connection_->Run("ROLLBACK").status(); !undone.ok()) {
        return undone;
      }
      spdlog::warn("the migration did not get a lock in {}; trying again: {}",
                   absl::FormatDuration(options_.lock_timeout), MessageOf(status));
      if (!options_.keep_trying()) return status;
      absl::SleepFor(delay);
      delay = std::min(2 * delay, kLongestRetry);
    }
  }

  absl::Status Apply(const Migration& migration) {
    const absl::Time start = SteadyNow();
    spdlog::info("migrating the database: {}", migration.name);
    const MigrationProgress progress(connection_, migration.name, options_.connect_observer);
    absl::Status status =
        RunsOutsideTransaction(migration) ? ApplyEach(migration) : ApplyAtOnce(migration);
    if (status.ok()) {
      spdlog::info("migrated the database: {} took {}", migration.name,
                   absl::FormatDuration(absl::Trunc(SteadyNow() - start, absl::Milliseconds(1))));
    }
    return status;
  }

  absl::Status ApplyAtOnce(const Migration& migration) {
    absl::Status status = connection_->Run("BEGIN").status();
    if (status.ok()) status = connection_->Run(migration.sql).status();
    if (status.ok()) status = Note(migration);
    if (status.ok()) return connection_->Run("COMMIT").status();
    // If the connection is broken, this fails as well, but `status` is the error that counts.
    connection_->Run("ROLLBACK").IgnoreError();
    return status;
  }

  absl::Status ApplyEach(const Migration& migration) {
    for (const std::string& statement : StatementsOf(migration)) {
      if (const auto done = connection_->Run(statement); !done.ok()) return done.status();
    }
    return Note(migration);
  }

  absl::Status Note(const Migration& migration) {
    return connection_
        ->Run(
            "INSERT INTO schema_migrations (version, name, checksum, oldest_program) VALUES ($1, "
            "$2, $3, $4)",
            {std::to_string(migration.version), std::string(migration.name), ChecksumOf(migration),
             std::to_string(OldestProgram(migration))})
        .status();
  }

  // Stores the checksums of migrations that were applied before checksums were kept.
  absl::Status NoteChecksums(const Applied& applied) {
    for (const Migration& migration : *options_.migrations) {
      const auto there = applied.checksums.find(migration.version);
      if (there == applied.checksums.end() || !there->second.empty()) continue;
      const auto noted = connection_->Run(
          "UPDATE schema_migrations SET checksum = $2, oldest_program = $3 WHERE version = $1",
          {std::to_string(migration.version), ChecksumOf(migration),
           std::to_string(OldestProgram(migration))});
      if (!noted.ok()) return noted.status();
    }
    return absl::OkStatus();
  }

  absl::Status Grant() {
    if (options_.runtime_role.empty()) return absl::OkStatus();
    const auto quoted = connection_->Run("SELECT quote_ident($1)", {options_.runtime_role});
    if (!quoted.ok()) return quoted.status();
    const std::string grants = absl::StrReplaceAll(
        RuntimeGrants(),
        {{":role", absl::string_view(quoted->Text(0, 0).data(), quoted->Text(0, 0).size())}});
    return Persist([&] { return connection_->Run("BEGIN; " + grants + "; COMMIT").status(); });
  }

  absl::Status GivenUp(std::string_view why) const {
    return MakeError(absl::StatusCode::kUnavailable, reason::kDatabaseUnavailable, why);
  }

  Connection* const connection_;
  const MigrateOptions& options_;
};

}  // namespace

absl::Status CheckSchema(Connection* connection, const std::vector<Migration>& migrations) {
  // The rights are granted last, so the tables may exist for a moment without them.
  const auto may_read = connection->Run(
      "SELECT coalesce(has_table_privilege(to_regclass('schema_migrations'), 'SELECT'), true)");
  if (!may_read.ok()) return may_read.status();
  if (may_read->Text(0, 0) != "t") {
    return MakeError(absl::StatusCode::kUnavailable, reason::kDatabaseUnavailable,
                     "this role may not read the tables; as their owner, run: "
                     "ledgercast-transaction-service migrate --runtime-role with its name");
  }
  const auto applied = ReadApplied(connection);
  if (!applied.ok()) return applied.status();
  if (const absl::Status status = CheckApplied(*applied, migrations); !status.ok()) return status;
  const Migration* const next = NextOf(*applied, migrations);
  if (next == nullptr) return absl::OkStatus();
  return MakeError(absl::StatusCode::kUnavailable, reason::kDatabaseUnavailable,
                   absl::StrCat("the database lacks migration ", next->name,
                                "; as its owner, run: ledgercast-transaction-service migrate"));
}

absl::Status Migrate(Connection* connection, const MigrateOptions& options) {
  const auto set = connection->Run(absl::StrCat(
      "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = ",
      absl::ToInt64Milliseconds(options.lock_timeout)));
  if (!set.ok()) return set.status();
  // Usually there is nothing to do, and then there is no need to take turns.
  if (options.runtime_role.empty()) {
    const auto applied = ReadApplied(connection);
    if (!applied.ok()) return applied.status();
    const absl::Status status = CheckApplied(*applied, *options.migrations);
    if (!status.ok()) return status;
    const bool has_checksums = std::none_of(applied->checksums.begin(), applied->checksums.end(),
                                            [](const auto& entry) { return entry.second.empty(); });
    if (has_checksums && NextOf(*applied, *options.migrations) == nullptr) return status;
  }
  return Migrator(connection, options).Run();
}

absl::Status MigrateDatabase(PgOptions database, MigrateOptions options) {
  database.statement_timeout = absl::InfiniteDuration();
  options.connect_observer = [&database] { return Connect(database); };
  const auto connection = Connect(database);
  return connection.ok() ? Migrate(connection->get(), options) : connection.status();
}

}  // namespace ledgercast::postgres
