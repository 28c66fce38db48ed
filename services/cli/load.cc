#include "services/cli/load.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "services/cli/atomic_file.h"
#include "services/cli/connection.h"
#include "services/cli/exit_code.h"
#include "services/cli/follow.h"
#include "services/cli/load_file.h"
#include "services/cli/load_run.h"
#include "services/cli/output.h"
#include "services/cli/progress.h"
#include "services/cli/text.h"
#include "services/common/base/exact_number.h"

namespace ledgercast::cli {
namespace {

constexpr size_t kMaxProblemsShown = 20;
constexpr int64_t kMaxBatchTransactions = 8'000;  // SubmitTransactions takes no more
constexpr int kMaxBatchesInFlight = 64;

struct LoadArguments {
  ConnectionFlags connection;
  std::string file;
  std::string run;
  std::string rejected_file;
  int64_t batch_transactions = 1'000;
  int in_flight = 4;
  int64_t retry_seconds = 300;
  bool check = false;
  bool json = false;

  bool from_standard_input() const { return file == kStandardInput; }
  std::string state_path() const { return file + ".ledgercast-state"; }
  std::string rejected_path() const {
    if (!rejected_file.empty()) return rejected_file;
    return (from_standard_input() ? "stdin" : file) + ".rejected.csv";
  }
};

int ReportBadFile(const FileCheck& check) {
  for (const std::string& problem : check.problems) std::fprintf(stderr, "%s\n", problem.c_str());
  std::fprintf(stderr, "ledgercast: %s of %s rows cannot be read; nothing was posted\n",
               FormatCount(check.bad_rows).c_str(), FormatCount(check.rows).c_str());
  return kUsage;
}

int Check(const LoadArguments& arguments) {
  // Whether ids can be made does not depend on the name that they are made from.
  const bool has_name = !arguments.run.empty() || !arguments.from_standard_input();
  const auto check = CheckTransferFile(arguments.file, has_name ? "check" : "", kMaxProblemsShown);
  if (!check.ok()) return Report(check.status());
  if (check->bad_rows > 0) return ReportBadFile(*check);
  return Report(WriteOut(arguments.file + ": " + FormatCount(check->rows) +
                         " transfers, all of which can be sent\n"));
}

struct Beginning {
  LoadState state;
  // Whether an earlier run of this load exists. Rows that were posted before may be from that run.
  bool goes_on = false;
};

// Returns the state from which to begin. A state that was stored for another ledger is ignored.
absl::StatusOr<Beginning> Begin(const LoadArguments& arguments, const std::string& fingerprint,
                                ServiceClient* client) {
  const auto head = GetHead(client);
  if (!head.ok()) return head.status();
  const bool is_named = !arguments.run.empty();
  const LoadState wanted = {fingerprint, is_named ? arguments.run : fingerprint, *head, 0};
  if (arguments.from_standard_input()) return Beginning{wanted};
  const auto before = ReadLoadState(arguments.state_path());
  if (!before) return Beginning{wanted};
  const auto is_known = IsKnownCursor(client, before->head);
  if (!is_known.ok()) return is_known.status();
  if (!*is_known) return Beginning{wanted};
  const auto resumed = Resumed(wanted, *before, is_named);
  if (!resumed.ok()) return resumed.status();
  return Beginning{*resumed, before->name == wanted.name};
}

// Returns whether all rows of a file were already posted, although this load has never run. Then
// the file may be a copy, or its state may have been removed.
bool WasLoadedBefore(const LoadArguments& arguments, const Beginning& beginning,
                     const LoadTotals& totals) {
  return !arguments.from_standard_input() && !beginning.goes_on && totals.posted == 0 &&
         totals.rejected == 0 && totals.replayed > 0;
}

void TellLoadedBefore(const LoadArguments& arguments, const LoadTotals& totals) {
  std::fprintf(
      stderr,
      "ledgercast: nothing was posted: all %s rows were posted before, by another load%s. "
      "If they are to be posted once more, give --run NAME%s: rows without an id then get "
      "new ones\n",
      FormatCount(totals.replayed).c_str(),
      arguments.run.empty() ? " of the same content" : (" with --run " + arguments.run).c_str(),
      arguments.run.empty() ? "" : " with another name");
}

std::string Summary(const LoadArguments& arguments, const LoadTotals& totals,
                    const RejectedFile& rejected, absl::Duration elapsed) {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  const auto sent = static_cast<double>(totals.done() - totals.skipped);
  const auto rate = static_cast<int64_t>(seconds > 0 ? sent / seconds : 0);
  if (arguments.json) {
    const nlohmann::ordered_json json = {
        {"posted", std::to_string(totals.posted)},
        {"replayed", std::to_string(totals.replayed)},
        {"rejected", std::to_string(rejected.rows())},
        {"skipped", std::to_string(totals.skipped)},
        {"seconds", seconds},
        {"rejectedFile", rejected.rows() > 0 ? rejected.path() : ""}};
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  }
  char took[64];
  std::snprintf(took, sizeof(took), "%.1f s, %s/s", seconds, FormatCount(rate).c_str());
  std::string text = "posted    " + FormatCount(totals.posted) + "\n";
  text += "replayed  " + FormatCount(totals.replayed) + "  (posted before under their ids)\n";
  text += "skipped   " + FormatCount(totals.skipped) + "  (answered in an earlier run)\n";
  text += "rejected  " + FormatCount(rejected.rows());
  if (rejected.rows() > 0) {
    text += "  (" + rejected.path() + " says why, and can be loaded to try them again)";
  }
  return text + "\ntook      " + took + "\n";
}

int Send(const LoadArguments& arguments, const std::string& fingerprint, int64_t total_rows) {
  const auto client = Connect(arguments.connection);
  if (!client.ok()) return Report(client.status());
  const auto beginning = Begin(arguments, fingerprint, client->get());
  if (!beginning.ok()) return Report(beginning.status());
  LoadState state = beginning->state;
  RejectedFile rejected(arguments.rejected_path());
  const auto keep_state = [&](int64_t acknowledged_rows) {
    state.acknowledged_rows = acknowledged_rows;
    if (arguments.from_standard_input()) return absl::OkStatus();
    return WriteLoadState(arguments.state_path(), state);
  };
  absl::Status ready = rejected.Resume(state.acknowledged_rows);
  // The state is stored before the first row is posted, so a later change of the file is noticed.
  if (ready.ok()) ready = keep_state(state.acknowledged_rows);
  if (!ready.ok()) return Report(ready);
  InputFile file(arguments.file);
  if (const auto status = file.status(); !status.ok()) return Report(status);
  const auto reader = TransferReader::Open(file.stream(), state.name);
  if (!reader.ok()) return Report(reader.status());

  LoadRun::Options options;
  options.max_batch_transactions = arguments.batch_transactions;
  options.max_batches_in_flight = arguments.in_flight;
  options.give_up_after = absl::Seconds(arguments.retry_seconds);
  const absl::Time start = absl::Now();
  ProgressPrinter progress("transfers", total_rows, state.acknowledged_rows);
  LoadRun run(
      options,
      {.reader = reader->get(),
       .rejected = &rejected,
       .submit = [&client](const auto& request) { return (*client)->SubmitTransactions(request); },
       .status_of = StatusOf,
       .keep_state = keep_state,
       .on_progress = [&](const LoadTotals& totals) { progress.Update(totals.done()); }},
      state.acknowledged_rows);
  const absl::Status ran = run.Run();
  progress.Finish();
  const absl::Status written =
      WriteOut(Summary(arguments, run.totals(), rejected, absl::Now() - start));
  if (!ran.ok()) {
    std::fprintf(stderr, "ledgercast: not all of it is loaded; the same command goes on with it\n");
    return Report(ran);
  }
  if (!written.ok()) return Report(written);
  if (WasLoadedBefore(arguments, *beginning, run.totals())) {
    TellLoadedBefore(arguments, run.totals());
    return kFindings;
  }
  return rejected.rows() > 0 ? kFindings : kDone;
}

int Run(const LoadArguments& arguments) {
  if (arguments.from_standard_input() && arguments.connection.password_file == kStandardInput) {
    return ReportUsage(absl::InvalidArgumentError(
        "only one of the transfers and the password can come from standard input"));
  }
  if (arguments.check) return Check(arguments);
  std::vector<std::string> taken;
  if (!arguments.from_standard_input()) taken = {arguments.file, arguments.state_path()};
  const absl::Status usable = RejectedFile::CheckPath(arguments.rejected_path(), taken);
  if (!usable.ok()) return ReportUsage(usable);
  if (arguments.from_standard_input()) return Send(arguments, "", 0);
  const auto lock = FileLock::Take(arguments.file, false, FileLock::Wait::kNot);
  if (!lock.ok()) return Report(lock.status());
  const auto fingerprint = FingerprintOf(arguments.file);
  if (!fingerprint.ok()) return Report(fingerprint.status());
  // A file is checked as a whole before any row is posted. Standard input cannot be read twice.
  const auto check = CheckTransferFile(arguments.file, "check", kMaxProblemsShown);
  if (!check.ok()) return Report(check.status());
  if (check->bad_rows > 0) return ReportBadFile(*check);
  return Send(arguments, *fingerprint, check->rows);
}

}  // namespace

void AddLoad(CLI::App* parent, int* exit_code) {
  CLI::App* command = parent->add_subcommand(
      "load",
      "Posts a file of transfers; if it is run again, it continues and posts nothing twice");
  const auto arguments = std::make_shared<LoadArguments>();
  command
      ->add_option("file", arguments->file,
                   "CSV with the columns from_account, to_account, amount (minor units) and "
                   "optionally id, description, metadata; or one CreateTransactionRequest in JSON "
                   "per line; - reads standard input")
      ->required();
  command->add_option("--run", arguments->run,
                      "name from which rows without an id get one, together with their number; "
                      "default: a hash of the file. Under another name the same rows are posted "
                      "once more");
  command->add_flag("--check", arguments->check, "only check whether all rows can be sent");
  command->add_option("--rejected-file", arguments->rejected_file,
                      "file for rows that the service refuses: a new one, or one that an earlier "
                      "load wrote; default: FILE.rejected.csv");
  AddNumber(command, "--batch-transactions", &arguments->batch_transactions,
            "number of transactions in one request")
      ->check(CLI::Range(int64_t{1}, kMaxBatchTransactions))
      ->capture_default_str();
  AddNumber(command, "--in-flight", &arguments->in_flight,
            "number of requests at once; 1 posts in the order of the file")
      ->check(CLI::Range(1, kMaxBatchesInFlight))
      ->capture_default_str();
  AddNumber(command, "--retry-seconds", &arguments->retry_seconds,
            "how long to try while the service is away or busy")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "the summary as one JSON object");
  AddConnectionFlags(command, &arguments->connection);
  command->callback([arguments, exit_code] { *exit_code = Run(*arguments); });
}

}  // namespace ledgercast::cli
