#include "services/cli/connection.h"

#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "services/cli/password_file.h"

namespace ledgercast::cli {
namespace {

void SignIn(Credentials credentials, std::optional<CredentialsFile> file, ServiceClient* client) {
  client->SignIn(std::make_unique<Tokens>(
      std::move(credentials), std::move(file),
      [client](const std::string& refresh_token) {
        v1::RefreshTokenRequest request;
        request.set_refresh_token(refresh_token);
        return client->RefreshToken(request);
      },
      absl::Now));
}

absl::StatusOr<std::unique_ptr<ServiceClient>> ConnectByPassword(const ConnectionFlags& flags) {
  if (flags.service.empty() || flags.username.empty() || flags.password_file.empty()) {
    return absl::InvalidArgumentError(
        "--username and --password-file go together, and need --service");
  }
  const auto password = ReadPasswordFile(flags.password_file);
  if (!password.ok()) return password.status();
  auto client = std::make_unique<ServiceClient>(flags.service);
  auto credentials = IssueCredentials(flags.username, *password, client.get());
  if (!credentials.ok()) return credentials.status();
  SignIn(*std::move(credentials), std::nullopt, client.get());
  return client;
}

}  // namespace

void AddConnectionFlags(CLI::App* command, ConnectionFlags* flags) {
  command
      ->add_option("--service", flags->service,
                   "HOST:PORT of the transaction service; else that of `ledgercast login`")
      ->envname("LEDGERCAST_SERVICE");
  command->add_option("--username", flags->username,
                      "sign in as this account, for this command only");
  command->add_option("--password-file", flags->password_file,
                      std::string("its password: ") + kPasswordFileHelp);
}

absl::StatusOr<std::unique_ptr<ServiceClient>> Connect(const ConnectionFlags& flags) {
  if (!flags.username.empty() || !flags.password_file.empty()) return ConnectByPassword(flags);
  const auto file = CredentialsFile::Default();
  if (!file.ok()) return file.status();
  auto credentials = file->Read();
  if (!credentials.ok()) return credentials.status();
  // Tokens go to nobody but the service that issued them.
  if (!flags.service.empty() && flags.service != credentials->service) {
    return NotSignedIn("you are signed in at " + credentials->service + ", not at " +
                       flags.service);
  }
  auto client = std::make_unique<ServiceClient>(credentials->service);
  SignIn(*std::move(credentials), *file, client.get());
  return client;
}

absl::StatusOr<Credentials> IssueCredentials(const std::string& username,
                                             const std::string& password, ServiceClient* client) {
  v1::IssueTokenRequest request;
  request.set_username(username);
  request.set_password(password);
  const auto response = client->IssueToken(request);
  if (!response.ok()) return response.status();
  Credentials credentials;
  credentials.service = client->address();
  credentials.username = username;
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
