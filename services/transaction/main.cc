#include <spdlog/spdlog.h>

#include <string>

#include "services/common/base/errors.h"
#include "services/common/base/flag_set.h"
#include "services/common/base/healthcheck.h"
#include "services/common/base/program.h"
#include "services/common/base/setting_rules.h"
#include "services/common/base/settings_log.h"
#include "services/transaction/flags.h"
#include "services/transaction/prepare_database.h"
#include "services/transaction/server.h"

int main(int argc, char** argv) {
  ledgercast::StopSignal stop;
  ledgercast::TransactionOptions options;
  ledgercast::FlagSet flags("The transaction service of Ledgercast: owns the ledger in PostgreSQL.",
                            "ledgercast-transaction-service");
  ledgercast::AddFlags(&flags, &options);
  bool healthcheck = false;
  flags.AddHealthcheck(&healthcheck);
  bool migrate = false;
  std::string runtime_role;
  ledgercast::AddMigrateMode(&flags, &migrate, &runtime_role);
  flags.AddVersion();
  if (const auto code = flags.Parse(argc, argv)) return *code;
  if (healthcheck) return ledgercast::RunHealthcheck(options.admin_listen);

  absl::Status status = migrate ? options.ValidateDatabase() : options.Validate();
  if (status.ok()) {
    status = ledgercast::SetUpLogging("ledgercast-transaction-service", options.log_level);
  }
  if (!status.ok()) return ledgercast::RefuseSettings(status);
  const auto keep_waiting = [&stop] { return !stop.Arrived(); };
  if (migrate) {
    status = ledgercast::MigrateOnly(options, runtime_role, keep_waiting);
    if (!status.ok()) spdlog::critical("{}", ledgercast::MessageOf(status));
    return status.ok() ? 0 : 1;
  }
  ledgercast::LogSettings(flags, {{"database", &ledgercast::TransactionOptions::MaskDatabase}});
  const auto tracing =
      ledgercast::Tracing::Start("ledgercast-transaction-service", options.tracing);
  const auto server = ledgercast::TransactionServer::Start(options, keep_waiting);
  if (!server.ok()) {
    spdlog::critical("{}", ledgercast::MessageOf(server.status()));
    return 1;
  }
  spdlog::info("serving gRPC on port {}, admin on port {}", (*server)->grpc_port(),
               (*server)->admin_port());
  const int signal = stop.Wait();
  spdlog::info("stopping on signal {}; another one ends it at once", signal);
  ledgercast::StopSignal::LetTheNextOneKill(signal);
  return 0;
}
