#include "services/cli/verify.h"

#include <cstdint>
#include <memory>

#include "services/cli/connection.h"
#include "services/cli/exit_code.h"
#include "services/cli/output.h"
#include "services/cli/verification.h"
#include "services/common/base/exact_number.h"

namespace ledgercast::cli {
namespace {

struct VerifyArguments {
  ConnectionFlags connection;
  int64_t retry_seconds = 60;
  int64_t problems = 20;
  bool foreign_callers = false;
  bool json = false;
};

int Run(const VerifyArguments& arguments) {
  const auto client = Connect(arguments.connection);
  if (!client.ok()) return Report(client.status());
  const auto report =
      VerifyLedger({absl::Seconds(arguments.retry_seconds), static_cast<size_t>(arguments.problems),
                    arguments.foreign_callers},
                   client->get());
  if (!report.ok()) return Report(report.status());
  const absl::Status written =
      WriteOut(arguments.json ? FormatReportJson(*report) : FormatReport(*report));
  if (!written.ok()) return Report(written);
  return report->is_sound() ? kDone : kFindings;
}

}  // namespace

void AddVerify(CLI::App* parent, int* exit_code) {
  CLI::App* command = parent->add_subcommand(
      "verify", "Recomputes all stored rows while the ledger is in use; only an admin may do that");
  const auto arguments = std::make_shared<VerifyArguments>();
  AddNumber(command, "--problems", &arguments->problems,
            "largest number of problems to list; all are counted")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  AddNumber(command, "--retry-seconds", &arguments->retry_seconds,
            "how long to try while the service is away or busy")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag(
      "--foreign-callers", arguments->foreign_callers,
      "accept callers that are no accounts, because an OpenID provider signs people in");
  command->add_flag("--json", arguments->json, "the report as one JSON object");
  AddConnectionFlags(command, &arguments->connection);
  command->callback([arguments, exit_code] { *exit_code = Run(*arguments); });
}

}  // namespace ledgercast::cli
