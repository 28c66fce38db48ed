#include "services/cli/kubernetes_secrets.h"

#include <httplib.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "services/common/base/errors.h"
#include "services/common/base/exact_number.h"
#include "services/common/base/program.h"

namespace ledgercast::cli {
namespace {

using PlainJson = nlohmann::json;

constexpr int kTimeoutSeconds = 10;
constexpr size_t kMaxServiceFileBytes = 64 << 10;

std::string SecretName(const std::string& group) { return "ledgercast-" + group; }

// Returns the type that operators of PostgreSQL expect of a Secret with user name and password.
std::string TypeOf(const SecretFiles& files) {
  return files.contains("username") ? "kubernetes.io/basic-auth" : "Opaque";
}

absl::Status Unavailable(const std::string& message) {
  return MakeError(absl::StatusCode::kUnavailable, reason::kServiceUnavailable, message);
}

absl::Status Unanswered(httplib::Error error) {
  return Unavailable("the API of Kubernetes: " + httplib::to_string(error));
}

// Returns the error for an answer with an unexpected status. `what` says what was requested.
absl::Status Refused(const std::string& what, const httplib::Response& response) {
  const PlainJson status = PlainJson::parse(response.body, nullptr, false);
  const std::string message = status.is_object() ? status.value("message", "") : "";
  const std::string text =
      what + ": Kubernetes answered " + std::to_string(response.status) + ": " + message;
  if (response.status == 401 || response.status == 403) {
    return absl::PermissionDeniedError(
        text + "; the ServiceAccount needs `create` on secrets, and `get` on this one");
  }
  if (response.status == 429 || response.status >= 500) return Unavailable(text);
  return absl::InvalidArgumentError(text);
}

// Returns the error for a Secret that exists already, depending on what `there` lacks of `files`.
absl::Status Exists(const std::string& name, const SecretFiles& files,
                    const absl::StatusOr<SecretFiles>& there) {
  if (!there.ok()) return there.status();
  std::string lacking;
  for (const auto& [file, content] : files) {
    if (!there->contains(file)) lacking += " " + file;
  }
  if (lacking.empty()) return Unavailable("somebody else made Secret " + name + ": run this again");
  return absl::FailedPreconditionError("Secret " + name + " exists and lacks" + lacking +
                                       ": add that, or delete the Secret to have it made anew");
}

absl::StatusOr<SecretFiles> Decode(const std::string& name, const PlainJson& secret) {
  const absl::Status bad = absl::InvalidArgumentError("Secret " + name + " cannot be read");
  if (!secret.is_object()) return bad;
  SecretFiles files;
  const PlainJson data = secret.value("data", PlainJson::object());
  for (const auto& [file, encoded] : data.items()) {
    std::string content;
    if (!encoded.is_string() || !absl::Base64Unescape(encoded.get<std::string>(), &content)) {
      return bad;
    }
    files[file] = std::move(content);
  }
  return files;
}

}  // namespace

struct KubernetesSecrets::Api {
  Api(const std::string& host, int port) : client(host, port) {}

  httplib::SSLClient client;
  httplib::Headers headers;
  std::string path;
};

absl::StatusOr<std::unique_ptr<KubernetesSecrets>> KubernetesSecrets::InCluster(
    const std::string& account_folder, const std::string& host, const std::string& port) {
  if (host.empty() || port.empty()) {
    return absl::InvalidArgumentError(
        "--kubernetes works in a pod only: KUBERNETES_SERVICE_HOST and _PORT are not set");
  }
  const auto port_number = ParseExactNumber(port);
  if (!port_number || *port_number < 1 || *port_number > 65'535) {
    return absl::InvalidArgumentError("--api-port " + port + ": is no port");
  }
  const auto token = ReadFile(account_folder + "/token", kMaxServiceFileBytes);
  if (!token.ok()) return token.status();
  const auto space = ReadFile(account_folder + "/namespace", kMaxServiceFileBytes);
  if (!space.ok()) return space.status();
  auto api = std::make_unique<Api>(host, static_cast<int>(*port_number));
  api->client.set_ca_cert_path(account_folder + "/ca.crt");
  api->client.enable_server_certificate_verification(true);
  api->client.set_connection_timeout(kTimeoutSeconds);
  api->client.set_read_timeout(kTimeoutSeconds);
  api->headers = {{"Authorization", "Bearer " + *token}, {"Accept", "application/json"}};
  api->path = "/api/v1/namespaces/" + *space + "/secrets";
  return std::unique_ptr<KubernetesSecrets>(new KubernetesSecrets(std::move(api)));
}

KubernetesSecrets::KubernetesSecrets(std::unique_ptr<Api> api) : api_(std::move(api)) {}
KubernetesSecrets::~KubernetesSecrets() = default;

absl::StatusOr<SecretFiles> KubernetesSecrets::Read(const std::string& group) {
  const std::string name = SecretName(group);
  const auto answer = api_->client.Get(api_->path + "/" + name, api_->headers);
  if (!answer) return Unanswered(answer.error());
  if (answer->status == 404) return SecretFiles();
  if (answer->status != 200) return Refused("reading Secret " + name, *answer);
  return Decode(name, PlainJson::parse(answer->body, nullptr, false));
}

absl::Status KubernetesSecrets::Add(const std::string& group, const SecretFiles& files) {
  const std::string name = SecretName(group);
  PlainJson data = PlainJson::object();
  for (const auto& [file, content] : files) data[file] = absl::Base64Escape(content);
  const PlainJson secret = {
      {"apiVersion", "v1"},
      {"kind", "Secret"},
      {"type", TypeOf(files)},
      {"metadata", {{"name", name}, {"labels", {{"app.kubernetes.io/part-of", "ledgercast"}}}}},
      {"data", data}};
  const auto answer =
      api_->client.Post(api_->path, api_->headers, secret.dump(), "application/json");
  if (!answer) return Unanswered(answer.error());
  if (answer->status == 201) return absl::OkStatus();
  if (answer->status == 409) return Exists(name, files, Read(group));
  return Refused("making Secret " + name, *answer);
}

}  // namespace ledgercast::cli
