#include "services/cli/post.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "services/cli/amount.h"
#include "services/cli/connection.h"
#include "services/cli/exit_code.h"
#include "services/cli/output.h"
#include "services/cli/retry.h"
#include "services/cli/text.h"
#include "services/common/base/exact_number.h"
#include "services/transaction/posting/uuid.h"

namespace ledgercast::cli {
namespace {

struct PostArguments {
  ConnectionFlags connection;
  v1::CreateTransactionRequest request;
  std::string amount;
  std::vector<std::string> metadata;
  bool validate_only = false;
  int64_t retry_seconds = 60;
  bool json = false;
};

absl::StatusOr<v1::CreateTransactionRequest> MakeRequest(const PostArguments& arguments) {
  v1::CreateTransactionRequest request = arguments.request;
  request.set_validate_only(arguments.validate_only);
  // The id is made here, so an attempt whose answer was lost is repeated and not posted twice.
  if (request.id().empty()) request.set_id(MakeUuidV7(absl::Now()));
  for (const std::string& entry : arguments.metadata) {
    const size_t equals = entry.find('=');
    if (equals == std::string::npos) {
      return absl::InvalidArgumentError("--metadata " + entry + ": must be KEY=VALUE");
    }
    const std::string key = entry.substr(0, equals);
    if (!request.mutable_metadata()->insert({key, entry.substr(equals + 1)}).second) {
      return absl::InvalidArgumentError("--metadata " + entry + ": the key is there twice");
    }
  }
  return request;
}

// Returns the amount in minor units. An amount with a point is in the payer's currency.
absl::StatusOr<int64_t> ReadAmount(const PostArguments& arguments, ServiceClient* client) {
  if (!IsDecimalAmount(arguments.amount)) return ParseMinorUnits(arguments.amount);
  const auto account = AccountsOf(client)(arguments.request.from_account());
  if (!account.ok()) return account.status();
  return ParseDecimalAmount(arguments.amount, account->minor_unit_digits(), account->currency());
}

// Returns "12.50 USD (1250 minor units)". Without digits behind the point both are the same, so
// only the first is written.
std::string FormatBoth(int64_t amount, int digits, const std::string& currency) {
  std::string text = FormatAmount(amount, digits) + " " + currency;
  if (digits > 0) text += " (" + std::to_string(amount) + " minor units)";
  return text;
}

std::string Describe(const v1::Transaction& transaction, int digits, bool validate_only,
                     bool replayed) {
  const char* what = validate_only ? "may be posted" : replayed ? "was posted before" : "posted";
  std::string text = std::string(what) + ": " +
                     FormatBoth(transaction.amount(), digits, transaction.currency()) + " from " +
                     transaction.from_account() + " to " + transaction.to_account();
  if (!validate_only) text += ", sequence " + std::to_string(transaction.sequence());
  return text + ", id " + transaction.id() + "\n";
}

int Run(const PostArguments& arguments) {
  auto request = MakeRequest(arguments);
  if (!request.ok()) return ReportUsage(request.status());
  if (!IsDecimalAmount(arguments.amount)) {
    const auto amount = ParseMinorUnits(arguments.amount);
    if (!amount.ok()) return ReportUsage(amount.status());
  }
  const auto client = Connect(arguments.connection);
  if (!client.ok()) return Report(client.status());
  const auto amount = ReadAmount(arguments, client->get());
  if (!amount.ok()) return Report(amount.status());
  request->set_amount(*amount);
  Retry retry(absl::Seconds(arguments.retry_seconds));
  bool replayed = false;
  auto posted = (*client)->CreateTransaction(*request, &replayed);
  while (!posted.ok() && retry.Again(posted.status())) {
    posted = (*client)->CreateTransaction(*request, &replayed);
  }
  if (!posted.ok()) {
    if (IsWorthAnotherTry(posted.status())) {
      std::fprintf(stderr,
                   "ledgercast: whether it is posted is not known: try again with --id %s\n",
                   request->id().c_str());
    }
    return Report(posted.status());
  }
  if (arguments.json) return Report(WriteOut(JsonLine(*posted)));
  CurrencyDigits digits(AccountsOf(client->get()));
  const auto found = digits.Of(*posted);
  if (!found.ok()) return Report(WriteOut(JsonLine(*posted)));
  return Report(WriteOut(Describe(*posted, *found, arguments.validate_only, replayed)));
}

}  // namespace

void AddPost(CLI::App* parent, int* exit_code) {
  CLI::App* command = parent->add_subcommand("post", "Posts one transfer");
  const auto arguments = std::make_shared<PostArguments>();
  v1::CreateTransactionRequest& request = arguments->request;
  command->add_option("--from", *request.mutable_from_account(), "account that pays")->required();
  command->add_option("--to", *request.mutable_to_account(), "account that is paid")->required();
  command
      ->add_option("--amount", arguments->amount,
                   "with a point, as the currency is written (12.50), or without one, in minor "
                   "units: 1250 means 12.50 USD, but 1250 JPY")
      ->required();
  command->add_option("--description", *request.mutable_description(),
                      "text that is shown to people");
  command->add_option("--metadata", arguments->metadata, "KEY=VALUE; may be given several times")
      ->allow_extra_args(false);
  command->add_option(
      "--id", *request.mutable_id(),
      "UUID of the transaction; the same id is posted only once; default: a new one");
  command->add_flag("--validate-only", arguments->validate_only,
                    "only check the transfer, post nothing");
  AddNumber(command, "--retry-seconds", &arguments->retry_seconds,
            "how long to try while the service is away or busy")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "the transaction as JSON, amount in minor units");
  AddConnectionFlags(command, &arguments->connection);
  command->callback([arguments, exit_code] { *exit_code = Run(*arguments); });
}

}  // namespace ledgercast::cli
