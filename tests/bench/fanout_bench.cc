// Measures what it costs to send transactions to many sockets. It starts a system, opens WebSockets
// to it, publishes in the system's own way, and compares every transaction that arrives with what
// was published. It prints one line. fanout_bench.sh runs it and chooses the cores.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "services/common/base/program.h"
#include "tests/bench/fanout/modes.h"
#include "tests/bench/open_files.h"

namespace ledgercast::bench {
namespace {

constexpr int kStartSecondsMax = 20;
constexpr size_t kMaxKeyFileBytes = 64 << 10;

struct Flags {
  Settings settings;
  std::string publisher = "edge";
  // Where the system listens for sockets, and where it takes what is published.
  uint16_t port = 0;
  uint16_t publish_port = 0;
  std::string path = "/";
  std::string publish_path = "/";
  // Address and signing key of the service that the edge uses.
  std::string service_address;
  std::string signing_key_file;
  size_t bytes = 200;
  int handshakes = 1'000;
  pid_t beside = 0;
  std::vector<std::string> command;
};

absl::StatusOr<std::unique_ptr<FakeService>> StartService(const Flags& flags) {
  if (flags.publisher != "edge") return nullptr;
  const auto pem = ReadFile(flags.signing_key_file, kMaxKeyFileBytes);
  if (!pem.ok()) return pem.status();
  return FakeService::Start(flags.service_address, *pem);
}

std::unique_ptr<Publisher> MakePublisher(const Flags& flags, FakeService* service) {
  if (flags.publisher == "edge") return MakeEdgePublisher(service);
  if (flags.publisher == "post") return MakePostPublisher(flags.publish_port, flags.publish_path);
  if (flags.publisher == "table") return MakeTablePublisher();
  return MakeLinePublisher(flags.publish_port);
}

absl::Status AwaitReady(const Bench& bench) {
  const int64_t deadline = NowNs() + int64_t{kStartSecondsMax} * 1'000'000'000;
  Publisher* const publisher = bench.publisher;
  while (!publisher->ready() || !bench.crowd->Listens()) {
    if (!bench.system->alive()) return absl::UnavailableError("the system has ended");
    if (NowNs() > deadline) return absl::DeadlineExceededError("the system did not start");
    absl::SleepFor(absl::Milliseconds(20));
  }
  return absl::OkStatus();
}

absl::Status RunMode(const Bench& bench) {
  const bool idle = bench.settings.mode == "idle";
  // The first transaction belongs to the watchers' account, as in a ledger that is in use.
  if (bench.service != nullptr) {
    if (const absl::Status status = PublishNext(bench, 1); !status.ok()) return status;
  }
  const absl::Status status = bench.crowd->Open(idle ? 1 : bench.settings.sockets);
  if (!status.ok()) return status;
  // This waits until everything is done that opening has started.
  if (const absl::Status settled = PollFor(bench, /*seconds=*/0.5); !settled.ok()) return settled;
  if (idle) return RunIdle(bench);
  if (bench.settings.mode == "steady") return RunSteady(bench);
  if (bench.settings.mode == "reconnect") return RunReconnect(bench);
  return RunSaturation(bench);
}

absl::Status Run(const Flags& flags) {
  RaiseOpenFiles();
  auto service = StartService(flags);
  if (!service.ok()) return service.status();
  auto system = SystemUnderTest::Start(flags.command, flags.beside);
  if (!system.ok()) return system.status();
  const bool is_edge = *service != nullptr;
  Journal journal(flags.bytes);
  Crowd crowd({flags.port, flags.path, is_edge, flags.handshakes}, &journal,
              [&] { return is_edge ? (*service)->NextToken() : std::string(); });
  const auto publisher = MakePublisher(flags, service->get());
  const Bench bench{flags.settings,  &journal,      &crowd,
                    publisher.get(), system->get(), service->get()};
  if (const absl::Status status = AwaitReady(bench); !status.ok()) return status;
  return RunMode(bench);
}

void AddFlags(CLI::App* app, Flags* flags) {
  Settings& settings = flags->settings;
  app->add_option("--mode", settings.mode, "saturation, steady, idle or reconnect");
  app->add_option("--system", settings.system, "its name, for the line that is printed");
  app->add_option("--sockets", settings.sockets);
  app->add_option("--seconds", settings.seconds);
  app->add_option("--warm-up", settings.warm_up_seconds, "seconds before what is measured");
  app->add_option("--rate", settings.deliveries_per_second, "deliveries a second of steady");
  app->add_option("--batch", settings.batch, "transactions that saturation publishes at a time");
  app->add_option("--in-flight", settings.batches_in_flight, "batches before the slowest socket");
  app->add_option("--missed", settings.missed, "transactions while reconnect has no sockets");
  app->add_option("--bytes", flags->bytes, "of a transaction's text");
  app->add_option("--handshakes", flags->handshakes, "connections that are opened at a time");
  app->add_option("--publisher", flags->publisher, "edge, lines, post or table");
  app->add_option("--port", flags->port)->required();
  app->add_option("--path", flags->path, "of the WebSocket");
  app->add_option("--publish-port", flags->publish_port, "of lines and post");
  app->add_option("--publish-path", flags->publish_path, "of post");
  app->add_option("--service", flags->service_address, "where the edge expects the service");
  app->add_option("--signing-key-file", flags->signing_key_file, "of tokens for the edge");
  app->add_option("--beside", flags->beside, "a process that belongs to the system as well");
  app->add_option("command", flags->command, "starts the system, after --")->required();
}

}  // namespace
}  // namespace ledgercast::bench

int main(int argc, char** argv) {
  ledgercast::bench::Flags flags;
  CLI::App app("Measures how a system fans transactions out to WebSockets.");
  app.option_defaults()->always_capture_default();
  ledgercast::bench::AddFlags(&app, &flags);
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = ledgercast::bench::Run(flags);
  if (!status.ok()) {
    std::fprintf(stderr, "%s %s with %zu sockets: %s\n", flags.settings.mode.c_str(),
                 flags.settings.system.c_str(), flags.settings.sockets, status.ToString().c_str());
  }
  return status.ok() ? 0 : 1;
}
