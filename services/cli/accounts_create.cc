#include "services/cli/accounts_create.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "services/cli/connection.h"
#include "services/cli/exit_code.h"
#include "services/common/auth/password_file.h"
#include "services/common/base/errors.h"
#include "services/common/base/exact_number.h"
#include "services/transaction/posting/limits.h"

namespace ledgercast::cli {
namespace {

struct AccountsCreateArguments {
  v1::Account account;
  int64_t minimum_balance = 0;
  bool no_minimum = false;
  std::optional<int32_t> minor_unit_digits;
  ConnectionFlags connection;
  std::string new_password_file;
  bool if_missing = false;
};

int Run(const AccountsCreateArguments& arguments) {
  if (arguments.connection.password_file == "-" && arguments.new_password_file == "-") {
    return ReportUsage(
        absl::InvalidArgumentError("only one of the passwords can come from standard input"));
  }
  const auto new_password = ReadPasswordFile(arguments.new_password_file);
  if (!new_password.ok()) return ReportUsage(new_password.status());

  const auto client = Connect(arguments.connection);
  if (!client.ok()) return Report(client.status());
  v1::CreateAccountRequest request;
  *request.mutable_account() = arguments.account;
  if (arguments.no_minimum) {
    request.mutable_account()->set_no_minimum(true);
  } else {
    request.mutable_account()->set_minimum_balance(arguments.minimum_balance);
  }
  if (arguments.minor_unit_digits) {
    request.mutable_account()->set_minor_unit_digits(*arguments.minor_unit_digits);
  }
  request.set_password(*new_password);
  const auto created = (*client)->CreateAccount(request);
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

void AddAccountOptions(CLI::App* command, AccountsCreateArguments* arguments) {
  v1::Account& account = arguments->account;
  account.set_currency("PTS");
  command->add_option("name", *account.mutable_name(), "the new account's name")->required();
  command
      ->add_option("--new-password-file", arguments->new_password_file,
                   std::string("the new account's password: ") + kPasswordFileHelp)
      ->required();
  command->add_option("--currency", *account.mutable_currency(), "currency of the balance")
      ->capture_default_str();
  AddNumber(command, "--minor-unit-digits", &arguments->minor_unit_digits,
            "digits behind the point, 0 to " + std::to_string(kMaxMinorUnitDigits) +
                ", of a currency that ISO 4217 does not list");
  command->add_option("--department", *account.mutable_department(),
                      "members of `management` are admins");
  command->add_option("--display-name", *account.mutable_display_name(),
                      "name that is shown to people");
  CLI::Option* minimum = AddNumber(command, "--minimum-balance", &arguments->minimum_balance,
                                   "no transfer may take the balance below this, in minor units")
                             ->capture_default_str();
  command
      ->add_flag("--no-minimum,--no-minimum-balance", arguments->no_minimum,
                 "no limit; for system accounts, from which money enters the ledger")
      ->excludes(minimum);
  command->add_flag("--if-missing", arguments->if_missing,
                    "succeed if the account exists already, and leave it unchanged");
}

}  // namespace

void AddAccountsCreate(CLI::App* parent, int* exit_code) {
  CLI::App* command = parent->add_subcommand("create", "Makes an account through the service");
  const auto arguments = std::make_shared<AccountsCreateArguments>();
  AddAccountOptions(command, arguments.get());
  AddConnectionFlags(command, &arguments->connection);
  command->callback([arguments, exit_code] { *exit_code = Run(*arguments); });
}

}  // namespace ledgercast::cli
