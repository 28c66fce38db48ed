#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cctype>
#include <cstdio>

#include "edge/options.h"
#include "edge/server.h"
#include "services/common/program.h"

namespace {

void AddFlags(CLI::App* app, ledgercast::EdgeOptions* options) {
  const auto add = [app](const std::string& name, auto& value, const std::string& help) {
    std::string env = "LEDGERCAST_" + name;
    for (char& c : env) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
    return app->add_option("--" + name, value, help)->envname(env)->capture_default_str();
  };
  add("listen", options->listen, "HTTP and WebSocket address; port 0 = any");
  add("admin-listen", options->admin_listen,
      "address of /healthz, /readyz, /metrics; empty = none");
  add("service", options->service, "address of the transaction service");
  add("service-ca-file", options->service_tls.ca_file,
      "CA (PEM) of its certificate; empty = plaintext");
  add("service-cert-file", options->service_tls.cert_file,
      "certificate (PEM) to show to it, where it asks for one");
  add("service-key-file", options->service_tls.key_file, "private key (PEM) of that");
  add("relay-key-file", options->relay_key_file, "PEM of the relay's Ed25519 private key");
  add("issuer", options->issuer, "issuer of tokens");
  add("audience", options->audience, "audience of tokens");
  add("ui-dir", options->ui_dir, "folder of the browser UI; empty = none");
  add("allowed-origins", options->allowed_origins, "other sites whose pages may connect")
      ->delimiter(',');
  add("threads", options->threads, "shards; 0 = one for each core");
  add("ring-transactions", options->ring_transactions, "transactions kept in memory");
  add("ring-megabytes", options->ring_megabytes, "memory for them");
  add("max-sockets", options->max_sockets, "connections; more are refused");
  add("authenticate-timeout-ms", options->authenticate_timeout_ms, "from upgrade to token");
  add("progress-interval-ms", options->progress_interval_ms, "between messages to idle watches");
  add("slow-socket-timeout-ms", options->slow_socket_timeout_ms, "a write may hang this long");
  add("drain-timeout-ms", options->drain_timeout_ms, "waiting for clients at the end");
  add("log-level", options->log_level, "trace, debug, info, warn or error");
}

}  // namespace

int main(int argc, char** argv) {
  ledgercast::StopSignal stop;
  ledgercast::EdgeOptions options;
  CLI::App app("Relays the ledger to browsers as JSON over WebSocket", "ledgercast-edge");
  AddFlags(&app, &options);
  CLI11_PARSE(app, argc, argv);
  absl::Status status = ledgercast::SetUpLogging("ledgercast-edge", options.log_level);
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    return 2;
  }
  auto server = ledgercast::EdgeServer::Start(options);
  if (!server.ok()) {
    spdlog::critical("cannot start: {}", server.status().ToString());
    return 1;
  }
  spdlog::info("listening on port {}, admin port {}", (*server)->port(), (*server)->admin_port());
  spdlog::info("stopping on signal {}", stop.Wait());
  (*server)->Drain();
  return 0;
}
