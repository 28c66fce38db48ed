#include "services/cli/verify.h"

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>

#include "absl/time/clock.h"
#include "services/cli/audit.h"
#include "services/cli/audit_accounts.h"
#include "services/cli/audit_report.h"
#include "services/cli/connection.h"
#include "services/cli/exit_code.h"
#include "services/cli/follow.h"
#include "services/cli/output.h"
#include "services/cli/progress.h"
#include "services/cli/retry.h"
#include "services/common/errors.h"

namespace ledgercast::cli {
namespace {

struct Arguments {
  ConnectionFlags connection;
  int64_t retry_seconds = 60;
  size_t problems = 20;
  bool json = false;
};

// One audit, up to where the head was at its start.
class Verification {
 public:
  Verification(const Arguments& arguments, ServiceClient* client)
      : give_up_after_(absl::Seconds(arguments.retry_seconds)),
        max_problems_(arguments.problems),
        client_(client) {}

  absl::StatusOr<AuditReport> Run() {
    const absl::Time start = absl::Now();
    const auto until = FindHead();
    if (!until.ok()) return until.status();
    const auto head = ParseCursor(*until, "cursor");
    if (!head.ok()) return head.status();
    Audit audit(
        head->ledger, [this](const std::string& id) { return Find(id); }, max_problems_);
    absl::Status status = ReadAll(head->position, &audit);
    if (!status.ok()) return status;
    audit.Finish(head->position);
    const std::string sha256 = audit.FinishDigest();
    status = CompareDigest(*until, sha256, &audit);
    if (status.ok()) status = CompareAccounts(Accounts(), *until, &audit);
    if (!status.ok()) return status;
    return AuditReport{head->ledger,
                       *until,
                       audit.count(),
                       static_cast<int64_t>(audit.accounts().size()),
                       sha256,
                       absl::Now() - start,
                       audit.problems()->count(),
                       audit.problems()->kept()};
  }

 private:
  // The answer of `call`, which is made until there is one.
  template <typename Call>
  std::invoke_result_t<Call> Ask(Call call) const {
    Retry retry(give_up_after_);
    auto answer = call();
    while (!answer.ok() && retry.Again(answer.status())) answer = call();
    return answer;
  }

  // A service that cannot read its database to the end answers watches all the same, with
  // the head that it has got to; that part would be sound.
  absl::StatusOr<std::string> FindHead() const {
    v1::ListTransactionsRequest request;
    request.set_page_size(1);
    request.set_order_by("sequence desc");
    const auto newest = Ask([&] { return client_->ListTransactions(request); });
    if (!newest.ok()) return newest.status();
    const int64_t there = newest->transactions().empty() ? 0 : newest->transactions(0).sequence();
    return Ask([&]() -> absl::StatusOr<std::string> {
      const auto head = GetHead(client_);
      if (!head.ok()) return head;
      const auto cursor = ParseCursor(*head, "cursor");
      if (!cursor.ok() || cursor->position.sequence >= there) return head;
      return MakeError(absl::StatusCode::kUnavailable, reason::kServiceUnavailable,
                       "the service has got to sequence " +
                           std::to_string(cursor->position.sequence) +
                           " of its ledger, which has " + std::to_string(there) +
                           ": it is not ready, and its log says why");
    });
  }

  absl::StatusOr<v1::Transaction> Find(const std::string& id) const {
    v1::GetTransactionRequest request;
    request.set_id(id);
    return Ask([&] { return client_->GetTransaction(request); });
  }

  AccountSource Accounts() const {
    return {
        [this](const auto& request) { return Ask([&] { return client_->ListAccounts(request); }); },
        [this](const auto& request) { return Ask([&] { return client_->GetAccount(request); }); }};
  }

  absl::Status ReadAll(const Position& head, Audit* audit) const {
    if (head.sequence == 0) return absl::OkStatus();
    FollowOptions options;
    options.give_up_after = give_up_after_;
    ProgressPrinter progress("transactions", head.sequence, 0);
    absl::Status failure;
    const absl::Status followed =
        Follow(client_, options,
               [&](const v1::WatchTransactionsResponse& response) -> absl::StatusOr<bool> {
                 for (const v1::Transaction& transaction : response.transactions()) {
                   if (transaction.sequence() > head.sequence) return false;
                   failure = transaction.has_hash() ? audit->Add(transaction) : NotAnAdmin();
                   if (!failure.ok()) return false;
                 }
                 progress.Update(audit->count());
                 const auto cursor = ParseCursor(response.cursor(), "cursor");
                 if (!cursor.ok()) return cursor.status();
                 return cursor->position.sequence < head.sequence;
               });
    return failure.ok() ? followed : failure;
  }

  static absl::Status NotAnAdmin() {
    return MakeError(absl::StatusCode::kPermissionDenied, reason::kNotAllowed,
                     "only an admin sees all that is to be verified: sign in as one");
  }

  absl::Status CompareDigest(const std::string& until, const std::string& sha256,
                             Audit* audit) const {
    v1::DigestTransactionsRequest request;
    request.set_until(until);
    const auto digest = Ask([&] { return client_->DigestTransactions(request); });
    if (!digest.ok()) return digest.status();
    if (digest->sha256() != sha256 || digest->count() != audit->count()) {
      audit->problems()->Add({0, "", "digest",
                              "DigestTransactions has " + std::to_string(digest->count()) +
                                  " transactions and " + digest->sha256() + ", the watch has " +
                                  std::to_string(audit->count()) + " and " + sha256});
    }
    return absl::OkStatus();
  }

  const absl::Duration give_up_after_;
  const size_t max_problems_;
  ServiceClient* const client_;
};

int Run(const Arguments& arguments) {
  const auto client = Connect(arguments.connection);
  if (!client.ok()) return Report(client.status());
  const auto report = Verification(arguments, client->get()).Run();
  if (!report.ok()) return Report(report.status());
  const absl::Status written =
      WriteOut(arguments.json ? FormatReportJson(*report) : FormatReport(*report));
  if (!written.ok()) return Report(written);
  return report->is_sound() ? kDone : kFindings;
}

}  // namespace

void AddVerify(CLI::App* parent, int* exit_code) {
  CLI::App* command = parent->add_subcommand(
      "verify", "Audits the whole ledger, while it is in use; needs an admin");
  const auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("--problems", arguments->problems,
                   "how many are listed at most; all are counted")
      ->capture_default_str();
  command
      ->add_option("--retry-seconds", arguments->retry_seconds,
                   "how long to try while the service is away or busy")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "the report as one JSON object");
  AddConnectionFlags(command, &arguments->connection);
  command->callback([arguments, exit_code] { *exit_code = Run(*arguments); });
}

}  // namespace ledgercast::cli
