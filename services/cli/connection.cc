#include "services/cli/connection.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "services/cli/service_address.h"
#include "services/common/auth/password_file.h"
#include "services/common/base/exact_number.h"

namespace ledgercast::cli {
namespace {

constexpr int64_t kMaxTimeoutSeconds = 3'600;

// Returns a client that has the tokens of `credentials`.
absl::StatusOr<std::unique_ptr<ServiceClient>> ClientOf(const ConnectionFlags& flags,
                                                        Credentials credentials,
                                                        std::optional<CredentialsFile> file) {
  auto created = ServiceClient::Create(credentials.service, credentials.tls,
                                       absl::Seconds(flags.timeout_seconds));
  if (!created.ok()) return created.status();
  ServiceClient* const client = created->get();
  client->SignIn(std::make_unique<Tokens>(
      std::move(credentials), std::move(file),
      [client](const std::string& refresh_token) {
        v1::RefreshTokenRequest request;
        request.set_refresh_token(refresh_token);
        return client->RefreshToken(request);
      },
      absl::Now));
  return created;
}

absl::StatusOr<std::unique_ptr<ServiceClient>> ConnectByPassword(const ConnectionFlags& flags) {
  if (flags.service.empty() || flags.username.empty() || flags.password_file.empty()) {
    return absl::InvalidArgumentError(
        "--username and --password-file go together, and need --service");
  }
  const auto password = ReadPasswordFile(flags.password_file);
  if (!password.ok()) return password.status();
  auto credentials = IssueCredentials(flags, *password);
  if (!credentials.ok()) return credentials.status();
  return ClientOf(flags, *std::move(credentials), std::nullopt);
}

// Returns the absolute path, because later commands may run in other folders.
std::string Absolute(const std::string& path) {
  return path.empty() ? path : std::filesystem::absolute(path).string();
}

}  // namespace

CLI::Option* AddServiceFlags(CLI::App* command, ConnectionFlags* flags) {
  command
      ->add_option("--service-ca-file", flags->tls.ca_file,
                   "CA (PEM) of the service's certificate; without it, plaintext")
      ->envname("LEDGERCAST_SERVICE_CA_FILE");
  command
      ->add_option("--service-cert-file", flags->tls.cert_file,
                   "client certificate (PEM), if the service asks for one")
      ->envname("LEDGERCAST_SERVICE_CERT_FILE");
  command
      ->add_option("--service-key-file", flags->tls.key_file,
                   "private key (PEM) of the client certificate")
      ->envname("LEDGERCAST_SERVICE_KEY_FILE");
  AddNumber(command, "--timeout-seconds", &flags->timeout_seconds,
            "how long the service may take for one answer")
      ->check(CLI::Range(int64_t{1}, kMaxTimeoutSeconds))
      ->capture_default_str();
  return command->add_option("--service", flags->service, "HOST:PORT of the transaction service")
      ->envname("LEDGERCAST_SERVICE");
}

void AddConnectionFlags(CLI::App* command, ConnectionFlags* flags) {
  AddServiceFlags(command, flags)
      ->description("HOST:PORT of the transaction service; default: that of `ledgercast login`");
  command->add_option("--username", flags->username,
                      "sign in as this account, for this command only");
  command->add_option("--password-file", flags->password_file,
                      std::string("the password for --username: ") + kPasswordFileHelp);
}

absl::StatusOr<std::unique_ptr<ServiceClient>> Connect(const ConnectionFlags& flags) {
  if (!flags.username.empty() || !flags.password_file.empty()) return ConnectByPassword(flags);
  if (!flags.service.empty()) {
    if (const auto usable = CheckServiceAddress(flags.service); !usable.ok()) return usable;
  }
  const auto file = CredentialsFile::Default();
  if (!file.ok()) return file.status();
  auto credentials = file->Read();
  if (!credentials.ok()) return credentials.status();
  // Tokens are sent only to the service that issued them.
  if (!flags.service.empty() && flags.service != credentials->service) {
    return NotSignedIn("you are signed in at " + credentials->service + ", not at " +
                       flags.service);
  }
  if (!flags.tls.empty()) credentials->tls = flags.tls;
  return ClientOf(flags, *std::move(credentials), *file);
}

absl::StatusOr<Credentials> IssueCredentials(const ConnectionFlags& flags,
                                             const std::string& password) {
  const auto client =
      ServiceClient::Create(flags.service, flags.tls, absl::Seconds(flags.timeout_seconds));
  if (!client.ok()) return client.status();
  v1::IssueTokenRequest request;
  request.set_username(flags.username);
  request.set_password(password);
  const auto response = (*client)->IssueToken(request);
  if (!response.ok()) return response.status();
  Credentials credentials;
  credentials.service = flags.service;
  credentials.tls = {Absolute(flags.tls.ca_file), Absolute(flags.tls.cert_file),
                     Absolute(flags.tls.key_file)};
  credentials.username = flags.username;
  credentials.Take(*response, absl::Now());
  return credentials;
}

CurrencyDigits::GetAccount AccountsOf(ServiceClient* client) {
  return [client](const std::string& name) {
    v1::GetAccountRequest request;
    request.set_name(name);
    return client->GetAccount(request);
  };
}

}  // namespace ledgercast::cli
