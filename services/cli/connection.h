#ifndef SERVICES_CLI_CONNECTION_H_
#define SERVICES_CLI_CONNECTION_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/cli/credentials.h"
#include "services/cli/currency_digits.h"
#include "services/cli/service_client.h"
#include "services/common/base/tls_files.h"

namespace ledgercast::cli {

// Says which service a command talks to, and as which account. Programs that sign in for one
// command only give flags; otherwise the sign-in of `ledgercast login` is used.
struct ConnectionFlags {
  std::string service;
  TlsFiles tls;
  int64_t timeout_seconds = absl::ToInt64Seconds(ServiceClient::kCallTimeout);
  std::string username;
  std::string password_file;
};

void AddConnectionFlags(CLI::App* command, ConnectionFlags* flags);
// Adds only the flags that say which service. Returns the flag that names it.
CLI::Option* AddServiceFlags(CLI::App* command, ConnectionFlags* flags);

// Makes a client that is signed in.
absl::StatusOr<std::unique_ptr<ServiceClient>> Connect(const ConnectionFlags& flags);

// Gets the account's tokens from the service by its password.
absl::StatusOr<Credentials> IssueCredentials(const ConnectionFlags& flags,
                                             const std::string& password);

// Returns the client's GetAccount() for code that needs no other call. `client` must outlive it.
CurrencyDigits::GetAccount AccountsOf(ServiceClient* client);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_CONNECTION_H_
