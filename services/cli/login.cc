#include "services/cli/login.h"

#include <unistd.h>

#include <memory>
#include <string>

#include "services/cli/connection.h"
#include "services/cli/exit_code.h"
#include "services/cli/output.h"
#include "services/cli/password_prompt.h"
#include "services/cli/service_address.h"
#include "services/common/auth/password_file.h"

namespace ledgercast::cli {
namespace {

absl::StatusOr<std::string> GetPassword(const ConnectionFlags& flags) {
  if (!flags.password_file.empty()) return ReadPasswordFile(flags.password_file);
  if (isatty(STDIN_FILENO) == 0) return ReadPasswordFile("-");
  return AskPassword("Password of " + flags.username + " at " + flags.service + ": ");
}

int Login(const ConnectionFlags& flags) {
  // The address is checked before anybody types a password.
  if (const auto usable = CheckServiceAddress(flags.service); !usable.ok()) {
    return ReportUsage(usable);
  }
  const auto file = CredentialsFile::Default();
  if (!file.ok()) return Report(file.status());
  const auto password = GetPassword(flags);
  if (!password.ok()) return ReportUsage(password.status());
  const auto credentials = IssueCredentials(flags, *password);
  if (!credentials.ok()) return Report(credentials.status());
  // The lock keeps this from happening between another process's reading and writing.
  const auto lock = file->Lock();
  if (!lock.ok()) return Report(lock.status());
  if (const auto status = file->Write(*credentials); !status.ok()) return Report(status);
  return Report(WriteOut("signed in at " + flags.service + " as '" + flags.username + "'\n"));
}

int Logout() {
  const auto file = CredentialsFile::Default();
  if (!file.ok()) return Report(file.status());
  const absl::Status removed = file->Remove();
  if (absl::IsNotFound(removed)) return Report(WriteOut("you were not signed in\n"));
  return removed.ok() ? Report(WriteOut("signed out\n")) : Report(removed);
}

}  // namespace

void AddLogin(CLI::App* parent, int* exit_code) {
  CLI::App* command =
      parent->add_subcommand("login", "Signs in at a service, for all later commands");
  const auto flags = std::make_shared<ConnectionFlags>();
  AddServiceFlags(command, flags.get())->required();
  command->add_option("--username", flags->username, "the account's name")->required();
  command->add_option(
      "--password-file", flags->password_file,
      std::string(kPasswordFileHelp) + "; without it the terminal asks for the password");
  command->callback([flags, exit_code] { *exit_code = Login(*flags); });
}

void AddLogout(CLI::App* parent, int* exit_code) {
  CLI::App* command = parent->add_subcommand("logout", "Forgets the sign-in of `login`");
  command->callback([exit_code] { *exit_code = Logout(); });
}

}  // namespace ledgercast::cli
