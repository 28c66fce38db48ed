#include "services/cli/accounts_list.h"

#include <memory>
#include <string>
#include <vector>

#include "services/cli/connection.h"
#include "services/cli/exit_code.h"
#include "services/cli/output.h"
#include "services/cli/table.h"
#include "services/cli/text.h"

namespace ledgercast::cli {
namespace {

constexpr int kPageAccounts = 1'000;

struct AccountsListArguments {
  ConnectionFlags connection;
  bool json = false;
};

Table::Row RowOf(const v1::Account& account) {
  const int digits = account.minor_unit_digits();
  return {account.name(),
          FormatAmount(account.balance(), digits),
          account.has_minimum_balance() ? FormatAmount(account.minimum_balance(), digits) : "none",
          account.currency(),
          account.department(),
          account.display_name()};
}

std::string Format(const v1::ListAccountsResponse& page, bool json, Table* table) {
  std::string lines;
  std::vector<Table::Row> rows;
  for (const v1::Account& account : page.accounts()) {
    if (json) {
      lines += JsonLine(account);
    } else {
      rows.push_back(RowOf(account));
    }
  }
  return json ? lines : table->Format(rows);
}

int Run(const AccountsListArguments& arguments) {
  const auto client = Connect(arguments.connection);
  if (!client.ok()) return Report(client.status());
  Table table({{"NAME"},
               {"BALANCE", true},
               {"MINIMUM", true},
               {"CURRENCY"},
               {"DEPARTMENT"},
               {"DISPLAY NAME"}});
  v1::ListAccountsRequest request;
  request.set_page_size(kPageAccounts);
  do {
    const auto page = (*client)->ListAccounts(request);
    if (!page.ok()) return Report(page.status());
    const absl::Status written = WriteOut(Format(*page, arguments.json, &table));
    if (!written.ok()) return Report(written);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return kDone;
}

}  // namespace

void AddAccountsList(CLI::App* parent, int* exit_code) {
  CLI::App* command = parent->add_subcommand("list", "Lists the accounts that you may see");
  const auto arguments = std::make_shared<AccountsListArguments>();
  command->add_flag("--json", arguments->json, "one JSON object per line, amounts in minor units");
  AddConnectionFlags(command, &arguments->connection);
  command->callback([arguments, exit_code] { *exit_code = Run(*arguments); });
}

}  // namespace ledgercast::cli
