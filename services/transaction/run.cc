#include "services/transaction/run.h"

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

namespace ledgercast {

int RunTransactionService(int argc, const char* const* argv) {
  StopSignal stop;
  TransactionOptions options;
  FlagSet flags("The transaction service of Ledgercast: owns the ledger in PostgreSQL.",
                "ledgercast-transaction-service");
  AddFlags(&flags, &options);
  bool healthcheck = false;
  flags.AddHealthcheck(&healthcheck);
  bool migrate = false;
  std::string runtime_role;
  AddMigrateMode(&flags, &migrate, &runtime_role);
  flags.AddVersion();
  if (const auto code = flags.Parse(argc, argv)) return *code;
  if (healthcheck) return RunHealthcheck(options.admin_listen);

  options.notify_socket = NotifySocket();
  absl::Status status = migrate ? options.ValidateDatabase() : options.Validate();
  if (status.ok()) {
    status = SetUpLogging("ledgercast-transaction-service", options.log_level);
  }
  if (!status.ok()) return RefuseSettings(status);
  const auto keep_waiting = [&stop] { return !stop.Arrived(); };
  if (migrate) {
    status = MigrateOnly(options, runtime_role, keep_waiting);
    if (!status.ok()) spdlog::critical("{}", MessageOf(status));
    return status.ok() ? 0 : 1;
  }
  LogSettings(flags, {{"database", &TransactionOptions::MaskDatabase}});
  const auto tracing = Tracing::Start("ledgercast-transaction-service", options.tracing);
  const auto server = TransactionServer::Start(options, keep_waiting);
  if (!server.ok()) {
    spdlog::critical("{}", MessageOf(server.status()));
    return 1;
  }
  spdlog::info("serving gRPC on port {}, admin on port {}", (*server)->grpc_port(),
               (*server)->admin_port());
  const int signal = stop.Wait();
  spdlog::info("stopping on signal {}; another one ends it at once", signal);
  StopSignal::LetTheNextOneKill(signal);
  return 0;
}

}  // namespace ledgercast
