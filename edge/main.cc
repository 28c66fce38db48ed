#include <spdlog/spdlog.h>

#include "edge/flags.h"
#include "edge/options.h"
#include "edge/server.h"
#include "services/common/base/errors.h"
#include "services/common/base/flag_set.h"
#include "services/common/base/healthcheck.h"
#include "services/common/base/program.h"
#include "services/common/base/setting_rules.h"
#include "services/common/base/settings_log.h"

int main(int argc, char** argv) {
  ledgercast::StopSignal stop;
  ledgercast::EdgeOptions options;
  ledgercast::FlagSet flags("Relays the ledger to browsers as JSON over WebSocket",
                            "ledgercast-edge");
  ledgercast::AddFlags(&flags, &options);
  bool healthcheck = false;
  flags.AddHealthcheck(&healthcheck);
  flags.AddVersion();
  if (const auto code = flags.Parse(argc, argv)) return *code;
  if (healthcheck) return ledgercast::RunHealthcheck(options.admin_listen);
  absl::Status status = options.Validate();
  if (status.ok()) status = ledgercast::SetUpLogging("ledgercast-edge", options.log_level);
  if (!status.ok()) return ledgercast::RefuseSettings(status);
  ledgercast::LogSettings(flags, {});
  const auto server = ledgercast::EdgeServer::Start(options);
  if (!server.ok()) {
    spdlog::critical("cannot start: {}", ledgercast::MessageOf(server.status()));
    return 1;
  }
  spdlog::info("listening on port {}, admin port {}", (*server)->port(), (*server)->admin_port());
  const int signal = stop.Wait();
  spdlog::info("stopping on signal {}; another one ends it at once", signal);
  ledgercast::StopSignal::LetTheNextOneKill(signal);
  (*server)->Drain();
  return 0;
}
