#include "services/common/base/healthcheck.h"

#include <httplib.h>

#include <cstdio>

#include "services/common/base/errors.h"
#include "services/common/base/host_port.h"

namespace ledgercast {
namespace {

constexpr int kCheckTimeoutSeconds = 2;
constexpr size_t kMaxReasonBytes = 1 << 10;

// Returns the address to connect to from this machine. A program that listens on every address is
// reached at the loopback address.
std::string Reachable(const std::string& host) {
  if (host == "0.0.0.0") return "127.0.0.1";
  return host == "::" ? "::1" : host;
}

}  // namespace

absl::Status AskWhetherReady(const std::string& admin_listen) {
  const auto address = ParseHostPort(admin_listen);
  if (!address.ok() || address->port == 0) {
    return absl::InvalidArgumentError(
        "--healthcheck asks the admin port: --admin-listen must be its host:port, not \"" +
        admin_listen + "\"");
  }
  httplib::Client client(Reachable(address->listen_host()), address->port);
  client.set_connection_timeout(kCheckTimeoutSeconds);
  client.set_read_timeout(kCheckTimeoutSeconds);
  const auto answer = client.Get("/readyz");
  if (!answer) {
    return absl::UnavailableError("nobody answers on " + admin_listen + ": " +
                                  httplib::to_string(answer.error()));
  }
  if (answer->status == 200) return absl::OkStatus();
  return absl::UnavailableError("not ready: " + answer->body.substr(0, kMaxReasonBytes));
}

int RunHealthcheck(const std::string& admin_listen) {
  const absl::Status status = AskWhetherReady(admin_listen);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", std::string(MessageOf(status)).c_str());
  return 1;
}

}  // namespace ledgercast
