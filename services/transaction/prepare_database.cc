#include "services/transaction/prepare_database.h"

#include <spdlog/spdlog.h>

#include "absl/time/clock.h"
#include "services/common/base/errors.h"
#include "services/transaction/postgres/migrate.h"
#include "services/transaction/postgres/server_check.h"

namespace ledgercast {
namespace {

constexpr absl::Duration kDatabaseRetry = absl::Milliseconds(200);

absl::Status AwaitSchema(const postgres::PgOptions& options) {
  const auto session = postgres::Connect(options);
  return session.ok() ? postgres::CheckSchema(session->get()) : session.status();
}

absl::Status ReadWarnings(const postgres::PgOptions& options, std::vector<std::string>* warnings) {
  const auto session = postgres::Connect(options);
  if (!session.ok()) return session.status();
  auto found = postgres::ServerWarnings(session->get());
  if (!found.ok()) return found.status();
  *warnings = *std::move(found);
  return absl::OkStatus();
}

}  // namespace

absl::Status AwaitDatabase(const std::function<absl::Status()>& attempt,
                           const std::function<bool()>& keep_waiting, WaitingFor* waiting_for) {
  std::string said;
  while (true) {
    const absl::Status status = attempt();
    if (!absl::IsUnavailable(status) && !absl::IsAborted(status)) return status;
    if (said != MessageOf(status)) {
      said = MessageOf(status);
      spdlog::warn("waiting for the database: {}", said);
      waiting_for->Set(status);
    }
    if (!keep_waiting()) return status;
    absl::SleepFor(kDatabaseRetry);
  }
}

absl::Status PrepareDatabase(const TransactionOptions& options,
                             const std::function<bool()>& keep_waiting, WaitingFor* waiting_for,
                             std::vector<std::string>* warnings) {
  const auto prepare = [&] {
    const absl::Status direct = postgres::CheckNoPooler(options.postgres);
    if (!direct.ok()) return direct;
    postgres::MigrateOptions migrate;
    migrate.keep_trying = keep_waiting;
    const absl::Status schema = options.migrate
                                    ? postgres::MigrateDatabase(options.postgres, migrate)
                                    : AwaitSchema(options.postgres);
    return schema.ok() ? ReadWarnings(options.postgres, warnings) : schema;
  };
  const absl::Status status = AwaitDatabase(prepare, keep_waiting, waiting_for);
  if (!status.ok()) return status;
  for (const std::string& warning : *warnings) spdlog::warn("{}", warning);
  return absl::OkStatus();
}

absl::Status MigrateOnly(const TransactionOptions& options, const std::string& runtime_role,
                         const std::function<bool()>& keep_waiting) {
  const auto migrate = [&] {
    const absl::Status direct = postgres::CheckNoPooler(options.postgres);
    if (!direct.ok()) return direct;
    postgres::MigrateOptions mode;
    mode.keep_trying = keep_waiting;
    mode.runtime_role = runtime_role;
    return postgres::MigrateDatabase(options.postgres, mode);
  };
  WaitingFor nobody_asks;
  const absl::Status status = AwaitDatabase(migrate, keep_waiting, &nobody_asks);
  if (status.ok()) {
    spdlog::info("the database is at schema version {}", postgres::Migrations().back().version);
  }
  return status;
}

}  // namespace ledgercast
