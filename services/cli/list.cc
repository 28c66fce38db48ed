#include "services/cli/list.h"

#include <algorithm>
#include <cstdint>
#include <memory>

#include "services/cli/connection.h"
#include "services/cli/exit_code.h"
#include "services/cli/transaction_printer.h"
#include "services/common/base/exact_number.h"

namespace ledgercast::cli {
namespace {

constexpr int64_t kPageTransactions = 1'000;

struct ListArguments {
  ConnectionFlags connection;
  v1::ListTransactionsRequest request;
  int64_t limit = 0;
  bool json = false;
};

int Run(const ListArguments& arguments) {
  const auto client = Connect(arguments.connection);
  if (!client.ok()) return Report(client.status());
  TransactionPrinter printer(arguments.json, AccountsOf(client->get()));
  v1::ListTransactionsRequest request = arguments.request;
  int64_t left = arguments.limit;
  do {
    if (arguments.limit > 0) {
      request.set_page_size(static_cast<int32_t>(std::min(left, kPageTransactions)));
    } else {
      request.set_page_size(kPageTransactions);
    }
    const auto page = (*client)->ListTransactions(request);
    if (!page.ok()) return Report(page.status());
    const absl::Status printed = printer.Print(page->transactions());
    if (!printed.ok()) return Report(printed);
    left -= page->transactions_size();
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty() && (arguments.limit == 0 || left > 0));
  return kDone;
}

}  // namespace

void AddList(CLI::App* parent, int* exit_code) {
  CLI::App* command = parent->add_subcommand("list", "Lists transactions and ends; see also watch");
  const auto arguments = std::make_shared<ListArguments>();
  v1::ListTransactionsRequest& request = arguments->request;
  command->add_option("--account", *request.mutable_account(),
                      "only transactions of this account, on either side");
  command->add_option("--from", *request.mutable_from_account(),
                      "only transactions that this account pays");
  command->add_option("--to", *request.mutable_to_account(),
                      "only transactions that pay this account");
  command->add_option("--after", *request.mutable_after(), "only transactions after this cursor");
  command->add_option("--order-by", *request.mutable_order_by(),
                      "sequence, amount or create_time; add ' desc' for descending order");
  AddNumber(command, "--limit", &arguments->limit, "largest number of transactions to list; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "one JSON object per line, amounts in minor units");
  AddConnectionFlags(command, &arguments->connection);
  command->callback([arguments, exit_code] { *exit_code = Run(*arguments); });
}

}  // namespace ledgercast::cli
