#include "services/cli/accounts_show.h"

#include <memory>
#include <string>

#include "services/cli/connection.h"
#include "services/cli/exit_code.h"
#include "services/cli/output.h"
#include "services/cli/text.h"
#include "services/common/base/proto_time.h"

namespace ledgercast::cli {
namespace {

struct AccountsShowArguments {
  ConnectionFlags connection;
  v1::GetAccountRequest request;
  bool json = false;
};

std::string Describe(const v1::Account& account) {
  const auto amount = [&account](int64_t minor_units) {
    return FormatAmount(minor_units, account.minor_unit_digits()) + " " + account.currency();
  };
  std::string text = "name             " + account.name() + "\n";
  text += "display name     " + Printable(account.display_name()) + "\n";
  text += "department       " + Printable(account.department()) + "\n";
  text += "balance          " + amount(account.balance()) + "\n";
  text += "minimum balance  " +
          (account.has_minimum_balance() ? amount(account.minimum_balance()) : "none") + "\n";
  text += "made             " + FormatLocalTime(FromProto(account.create_time())) + "\n";
  return text;
}

int Run(const AccountsShowArguments& arguments) {
  const auto client = Connect(arguments.connection);
  if (!client.ok()) return Report(client.status());
  const auto account = (*client)->GetAccount(arguments.request);
  if (!account.ok()) return Report(account.status());
  return Report(WriteOut(arguments.json ? JsonLine(*account) : Describe(*account)));
}

}  // namespace

void AddAccountsShow(CLI::App* parent, int* exit_code) {
  CLI::App* command = parent->add_subcommand("show", "Shows one account and its balance");
  const auto arguments = std::make_shared<AccountsShowArguments>();
  command->add_option("name", *arguments->request.mutable_name(), "the account's name")->required();
  command->add_option("--at", *arguments->request.mutable_at(),
                      "the balance as it was at this cursor or time (2026-01-31T12:00:00Z)");
  command->add_flag("--json", arguments->json, "one JSON object, amounts in minor units");
  AddConnectionFlags(command, &arguments->connection);
  command->callback([arguments, exit_code] { *exit_code = Run(*arguments); });
}

}  // namespace ledgercast::cli
