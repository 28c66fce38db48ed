#include "services/cli/accounts_create.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "services/cli/exit_code.h"
#include "services/cli/password_file.h"
#include "services/cli/service_client.h"
#include "services/common/errors.h"

namespace ledgercast::cli {
namespace {

struct Arguments {
  v1::Account account;
  int64_t minimum_balance = 0;
  bool no_minimum_balance = false;
  std::string service;
  std::string username;
  std::string password_file;
  std::string new_password_file;
  bool if_missing = false;
};

int Run(const Arguments& arguments) {
  if (arguments.password_file == "-" && arguments.new_password_file == "-") {
    return ReportUsage(
        absl::InvalidArgumentError("only one of the passwords can come from standard input"));
  }
  const auto password = ReadPasswordFile(arguments.password_file);
  if (!password.ok()) return ReportUsage(password.status());
  const auto new_password = ReadPasswordFile(arguments.new_password_file);
  if (!new_password.ok()) return ReportUsage(new_password.status());

  ServiceClient client(arguments.service);
  if (const auto status = client.SignIn(arguments.username, *password); !status.ok()) {
    return Report(status);
  }
  v1::CreateAccountRequest request;
  *request.mutable_account() = arguments.account;
  if (!arguments.no_minimum_balance) {
    request.mutable_account()->set_minimum_balance(arguments.minimum_balance);
  }
  request.set_password(*new_password);
  const auto created = client.CreateAccount(request);
  const std::string& name = arguments.account.name();
  if (created.ok()) {
    std::printf("account '%s' is made\n", name.c_str());
    return kDone;
  }
  if (arguments.if_missing && GetErrorInfo(created.status()).reason() == reason::kAccountExists) {
    std::printf("account '%s' exists already\n", name.c_str());
    return kDone;
  }
  return Report(created.status());
}

void AddAccountOptions(CLI::App* command, Arguments* arguments) {
  v1::Account& account = arguments->account;
  account.set_currency("PTS");
  command->add_option("name", *account.mutable_name(), "the new account's name")->required();
  command
      ->add_option("--new-password-file", arguments->new_password_file,
                   std::string("the new account's password: ") + kPasswordFileHelp)
      ->required();
  command->add_option("--currency", *account.mutable_currency(), "of the balance")
      ->capture_default_str();
  command->add_option("--department", *account.mutable_department(),
                      "members of `management` are admins");
  command->add_option("--display-name", *account.mutable_display_name(), "for people to read");
  CLI::Option* minimum =
      command
          ->add_option("--minimum-balance", arguments->minimum_balance,
                       "no transfer may take the balance below this, in minor units")
          ->capture_default_str();
  command->add_flag("--no-minimum-balance", arguments->no_minimum_balance, "no limit")
      ->excludes(minimum);
  command->add_flag("--if-missing", arguments->if_missing,
                    "an account of that name that exists already is fine, and left as it is");
}

}  // namespace

void AddAccountsCreate(CLI::App* parent, int* exit_code) {
  CLI::App* command = parent->add_subcommand("create", "Makes an account through the service");
  const auto arguments = std::make_shared<Arguments>();
  AddAccountOptions(command, arguments.get());
  command->add_option("--service", arguments->service, "HOST:PORT of the transaction service")
      ->envname("LEDGERCAST_SERVICE")
      ->required();
  command->add_option("--username", arguments->username, "the admin who makes it")->required();
  command
      ->add_option("--password-file", arguments->password_file,
                   std::string("the admin's password: ") + kPasswordFileHelp)
      ->required();
  command->callback([arguments, exit_code] { *exit_code = Run(*arguments); });
}

}  // namespace ledgercast::cli
