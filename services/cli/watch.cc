#include "services/cli/watch.h"

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/cli/atomic_file.h"
#include "services/cli/connection.h"
#include "services/cli/exit_code.h"
#include "services/cli/follow.h"
#include "services/cli/interrupt.h"
#include "services/cli/transaction_printer.h"
#include "services/common/base/errors.h"
#include "services/common/ledger/visibility.h"

namespace ledgercast::cli {
namespace {

constexpr size_t kMaxCursorFileBytes = 256;
constexpr mode_t kCursorFileMode = 0644;

struct WatchArguments {
  ConnectionFlags connection;
  std::string after;
  std::vector<std::string> accounts;
  std::string cursor_file;
  bool json = false;
};

// Returns the cursor in the file if there is one, otherwise `--after`.
absl::StatusOr<std::string> StartOf(const WatchArguments& arguments) {
  if (arguments.cursor_file.empty()) return arguments.after;
  auto content = ReadFile(arguments.cursor_file, kMaxCursorFileBytes);
  if (absl::IsNotFound(content.status())) return arguments.after;
  if (!content.ok()) return content.status();
  while (!content->empty() && content->back() == '\n') content->pop_back();
  if (content->empty()) {
    return absl::InvalidArgumentError(arguments.cursor_file +
                                      ": there is no cursor in it; remove it to start by --after");
  }
  return content;
}

// Stores the position. It is called after printing, so that a crash repeats transactions and loses
// none.
absl::Status KeepCursor(const std::string& path, const std::string& cursor) {
  if (path.empty()) return absl::OkStatus();
  return WriteFileAtomically(path, cursor + "\n", kCursorFileMode);
}

int ReportEnd(const absl::Status& end, const WatchArguments& arguments) {
  const auto info = GetErrorInfo(end);
  if (info.reason() == reason::kCursorUnknown) {
    const std::string where =
        arguments.cursor_file.empty() ? "--after" : "the cursor file " + arguments.cursor_file;
    std::fprintf(stderr,
                 "ledgercast: the cursor is of no use at this ledger, whose head is %s: it was "
                 "rewound, or is another one; start again without %s\n",
                 info.metadata().count("head") > 0 ? info.metadata().at("head").c_str() : "unknown",
                 where.c_str());
  }
  return Report(end);
}

int Run(const WatchArguments& arguments) {
  const auto start = StartOf(arguments);
  if (!start.ok()) return ReportUsage(start.status());
  // The signal must be blocked before any thread starts.
  StopSignal signal;
  const auto client = Connect(arguments.connection);
  if (!client.ok()) return Report(client.status());
  const Interrupt interrupt(&signal, [&client] { (*client)->CancelWatch(); });

  FollowOptions options;
  options.request.set_after(*start);
  for (const std::string& account : arguments.accounts) options.request.add_accounts(account);
  options.interrupt = &interrupt;
  TransactionPrinter printer(arguments.json, AccountsOf(client->get()));
  std::string kept = *start;
  const auto take = [&](const v1::WatchTransactionsResponse& response) -> absl::StatusOr<bool> {
    if (!response.transactions().empty()) {
      if (const auto printed = printer.Print(response.transactions()); !printed.ok()) {
        return printed;
      }
    }
    if (response.cursor() == kept) return true;
    kept = response.cursor();
    if (auto written = KeepCursor(arguments.cursor_file, kept); !written.ok()) return written;
    return true;
  };
  return ReportEnd(Follow(client->get(), options, take), arguments);
}

}  // namespace

void AddWatch(CLI::App* parent, int* exit_code) {
  CLI::App* command = parent->add_subcommand(
      "watch", "Follows the ledger until Ctrl-C; connects again when the connection breaks");
  const auto arguments = std::make_shared<WatchArguments>();
  command->add_option(
      "--after", arguments->after,
      "cursor to start after; `now`: only new transactions; default: the beginning");
  command
      ->add_option("--account", arguments->accounts,
                   "only transactions of this account; may be given up to " +
                       std::to_string(kMaxFilterAccounts) + " times")
      ->allow_extra_args(false);
  command->add_option("--cursor-file", arguments->cursor_file,
                      "file that keeps the position; if it exists, continue from that position");
  command->add_flag("--json", arguments->json, "one JSON object per line, amounts in minor units");
  AddConnectionFlags(command, &arguments->connection);
  command->callback([arguments, exit_code] { *exit_code = Run(*arguments); });
}

}  // namespace ledgercast::cli
