#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "services/common/errors.h"
#include "services/common/program.h"
#include "services/transaction/flags.h"
#include "services/transaction/server.h"

int main(int argc, char** argv) {
  ledgercast::StopSignal stop;
  ledgercast::TransactionOptions options;
  CLI::App app("The transaction service of Ledgercast: owns the ledger in PostgreSQL.");
  ledgercast::AddFlags(&app, &options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }

  absl::Status status = options.Validate();
  if (status.ok()) {
    status = ledgercast::SetUpLogging("ledgercast-transaction-service", options.log_level);
  }
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", std::string(ledgercast::MessageOf(status)).c_str());
    return 2;
  }
  const auto server =
      ledgercast::TransactionServer::Start(options, [&stop] { return !stop.Arrived(); });
  if (!server.ok()) {
    spdlog::critical("{}", ledgercast::MessageOf(server.status()));
    return 1;
  }
  spdlog::info("serving gRPC on port {}, admin on port {}", (*server)->grpc_port(),
               (*server)->admin_port());
  spdlog::info("stopping on signal {}", stop.Wait());
  return 0;
}
