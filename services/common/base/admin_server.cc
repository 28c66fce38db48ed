#include "services/common/base/admin_server.h"

#include <httplib.h>
#include <prometheus/collectable.h>
#include <prometheus/text_serializer.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>
#include <thread>
#include <utility>

#include "services/common/base/certificate_metrics.h"
#include "services/common/base/errors.h"
#include "services/common/base/host_port.h"
#include "services/common/base/metric_families.h"
#include "services/common/base/systemd_notifier.h"

namespace ledgercast {
namespace {

// Probes and scrapes are few and short, so few threads and short timeouts are enough.
constexpr int kThreads = 2;
constexpr int kTimeoutSeconds = 2;
constexpr size_t kMaxRequestBytes = 8 << 10;

constexpr char kText[] = "text/plain; charset=utf-8";
constexpr char kMetricsText[] = "text/plain; version=0.0.4; charset=utf-8";

// Returns `REASON: message`, or only the message if `status` has no reason.
std::string Reason(const absl::Status& status) {
  const std::string why = GetErrorInfo(status).reason();
  return (why.empty() ? "" : why + ": ") + std::string(MessageOf(status));
}

// Sets only SO_REUSEADDR. By default httplib sets SO_REUSEPORT, which lets two programs share a
// port without an error.
void SetSocketOptions(socket_t socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

}  // namespace

struct AdminServer::Impl {
  Impl(Options the_options, std::shared_ptr<prometheus::Collectable> collectable)
      : options(std::move(the_options)), metrics(std::move(collectable)) {}

  absl::Status Ready() const { return options.ready ? options.ready() : absl::OkStatus(); }
  std::string ReadyText(const absl::Status& status) const;
  void AddRoutes();
  absl::Status Listen();

  const Options options;
  std::shared_ptr<prometheus::Collectable> metrics;
  httplib::Server server;
  std::thread thread;
  std::atomic<bool> ended = false;
  int port = 0;
  std::unique_ptr<SystemdNotifier> notifier;
};

void AdminServer::Impl::AddRoutes() {
  server.Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("ok\n", kText);
  });
  server.Get("/readyz", [this](const httplib::Request&, httplib::Response& response) {
    const absl::Status status = Ready();
    response.status = status.ok() ? 200 : 503;
    response.set_content(ReadyText(status), kText);
  });
  server.Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
    auto families = metrics->Collect();
    families.push_back(GaugeFamily("ledgercast_ready",
                                   "1 if it should get calls; else 0, and /readyz says why not.",
                                   Ready().ok() ? 1 : 0));
    for (auto& family : ProcessFamilies()) families.push_back(std::move(family));
    for (auto& family : CertificateFamilies(options.tls)) families.push_back(std::move(family));
    response.set_content(prometheus::TextSerializer().Serialize(families), kMetricsText);
  });
}

std::string AdminServer::Impl::ReadyText(const absl::Status& status) const {
  std::string text = (status.ok() ? "ok" : Reason(status)) + "\n";
  if (!options.warnings) return text;
  for (const std::string& warning : options.warnings()) text += "warning: " + warning + "\n";
  return text;
}

absl::Status AdminServer::Impl::Listen() {
  const auto address = ParseHostPort(options.listen);
  if (!address.ok()) return address.status();
  server.set_socket_options(SetSocketOptions);
  server.set_read_timeout(kTimeoutSeconds);
  server.set_write_timeout(kTimeoutSeconds);
  server.set_payload_max_length(kMaxRequestBytes);
  // An idle connection would hold one of the few threads.
  server.set_keep_alive_max_count(1);
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  errno = 0;
  port = address->port;
  if (port == 0) {
    port = server.bind_to_any_port(address->listen_host());
  } else if (!server.bind_to_port(address->listen_host(), port)) {
    port = -1;
  }
  if (port <= 0) {
    const std::string why = errno == 0 ? "" : std::string(": ") + std::strerror(errno);
    return absl::UnavailableError("cannot listen on " + options.listen + why);
  }
  thread = std::thread([this] {
    server.listen_after_bind();
    ended = true;
  });
  // Waits until the server runs, because stop() has no effect before that.
  while (!server.is_running() && !ended) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return absl::OkStatus();
}

AdminServer::AdminServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

AdminServer::~AdminServer() {
  if (!impl_->thread.joinable()) return;
  impl_->server.stop();
  impl_->thread.join();
}

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(
    Options options, std::shared_ptr<prometheus::Collectable> metrics) {
  auto impl = std::make_unique<Impl>(std::move(options), std::move(metrics));
  if (!impl->options.listen.empty()) {
    impl->AddRoutes();
    if (auto status = impl->Listen(); !status.ok()) return status;
  }
  if (!impl->options.notify_socket.empty()) {
    auto notifier = SystemdNotifier::Start({impl->options.notify_socket, impl->options.ready});
    if (!notifier.ok()) return notifier.status();
    impl->notifier = *std::move(notifier);
  }
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(impl)));
}

int AdminServer::port() const { return impl_->port; }

}  // namespace ledgercast
