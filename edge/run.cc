#include "edge/run.h"

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

namespace ledgercast {

int RunEdge(int argc, const char* const* argv) {
  StopSignal stop;
  EdgeOptions options;
  FlagSet flags("Relays the ledger to browsers as JSON over WebSocket", "ledgercast-edge");
  AddFlags(&flags, &options);
  bool healthcheck = false;
  flags.AddHealthcheck(&healthcheck);
  flags.AddVersion();
  if (const auto code = flags.Parse(argc, argv)) return *code;
  if (healthcheck) return RunHealthcheck(options.admin_listen);
  options.notify_socket = NotifySocket();
  absl::Status status = options.Validate();
  if (status.ok()) status = SetUpLogging("ledgercast-edge", options.log_level);
  if (!status.ok()) return RefuseSettings(status);
  LogSettings(flags, {});
  const auto server = EdgeServer::Start(options);
  if (!server.ok()) {
    spdlog::critical("cannot start: {}", MessageOf(server.status()));
    return 1;
  }
  spdlog::info("listening on port {}, admin port {}", (*server)->port(), (*server)->admin_port());
  const int signal = stop.Wait();
  spdlog::info("stopping on signal {}; another one ends it at once", signal);
  StopSignal::LetTheNextOneKill(signal);
  (*server)->Drain();
  return 0;
}

}  // namespace ledgercast
