#include "services/cli/verification.h"

#include <algorithm>
#include <array>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "services/cli/audit.h"
#include "services/cli/audit_accounts.h"
#include "services/cli/audit_settings.h"
#include "services/cli/follow.h"
#include "services/cli/progress.h"
#include "services/cli/retry.h"
#include "services/common/base/errors.h"

namespace ledgercast::cli {
namespace {

constexpr std::array kAuditedTables = {"accounts", "changes",           "currencies",
                                       "ledger",   "schema_migrations", kTransactionsTable};

// The table of sign-ins. It changes with every renewal and is not part of the ledger.
constexpr char kRefreshFamilies[] = "refresh_families";

class Verification {
 public:
  Verification(const VerificationOptions& options, ServiceClient* client)
      : options_(options),
        client_(client),
        problems_(options.max_problems_kept),
        source_{[this] { return Ask([&] { return client_->ListStoredTables(); }); },
                [this](const v1::ListStoredRowsRequest& request) {
                  return Ask([&] { return client_->ListStoredRows(request); });
                }} {}

  absl::StatusOr<AuditReport> Run() {
    const absl::Time start = absl::Now();
    if (const absl::Status status = CheckTables(); !status.ok()) return status;
    if (problems_.count() == 0) {
      const auto newest = FindNewest();
      if (!newest.ok()) return newest.status();
      auto settings = AuditSettings(source_, &problems_, &report_.notes);
      if (!settings.ok()) return settings.status();
      settings_ = *std::move(settings);
      if (const absl::Status status = AuditTransactions(*newest); !status.ok()) return status;
    }
    report_.ledger = settings_.ledger;
    report_.elapsed = absl::Now() - start;
    report_.problem_count = problems_.count();
    report_.problems = problems_.kept();
    return std::move(report_);
  }

 private:
  // Returns the answer of `call`, which is repeated while the service is away or busy.
  template <typename Call>
  std::invoke_result_t<Call> Ask(Call call) const {
    Retry retry(options_.give_up_after);
    auto answer = call();
    while (!answer.ok() && retry.Again(answer.status())) answer = call();
    return answer;
  }

  absl::Status CheckTables() {
    const auto tables = source_.tables();
    if (!tables.ok()) return tables.status();
    std::vector<std::string> missing(kAuditedTables.begin(), kAuditedTables.end());
    for (const v1::StoredTable& table : tables->tables()) {
      const auto found = std::find(missing.begin(), missing.end(), table.name());
      if (table.name() == kRefreshFamilies) continue;
      if (found == missing.end()) {
        report_.notes.push_back("the table " + table.name() +
                                " is not known to this version of the tool: not checked");
        continue;
      }
      missing.erase(found);
      if (table.name() == kTransactionsTable) CheckColumns(table);
    }
    for (const std::string& name : missing) {
      problems_.Add({name, "", {}, 0, "", "record", "the table " + name + " is not there"});
    }
    return absl::OkStatus();
  }

  void CheckColumns(const v1::StoredTable& table) {
    std::vector<std::string> missing = TransactionColumns();
    for (const v1::StoredColumn& column : table.columns()) {
      const auto found = std::find(missing.begin(), missing.end(), column.name());
      if (found != missing.end()) {
        missing.erase(found);
      } else {
        report_.notes.push_back("the column " + column.name() +
                                " of transactions is not known to this version of the tool: not "
                                "checked");
      }
    }
    if (missing.empty()) return;
    problems_.Add({kTransactionsTable, "", missing, 0, "", "record",
                   "the column " + missing.front() + " of transactions is not there"});
  }

  absl::StatusOr<int64_t> FindNewest() const {
    const auto page = ReadLastRow(source_, kTransactionsTable);
    if (!page.ok()) return page.status();
    return page->rows().empty() ? 0 : StoredRow(*page, 0).Number("sequence").value_or(0);
  }

  absl::Status AuditTransactions(int64_t newest) {
    Audit audit(&settings_, [this](const std::string& id) { return Find(id); }, &problems_,
                {options_.foreign_callers});
    ProgressPrinter progress("transactions", newest, 0);
    const absl::Status read = ForEachRow(
        source_, kTransactionsTable, {}, [&](const StoredRow& row) -> absl::StatusOr<bool> {
          const StoredTransaction stored = ReadTransaction(row, settings_.accounts);
          if (stored.transaction.sequence() > newest) return false;
          const absl::Status added = audit.Add(stored);
          if (!added.ok()) return added;
          progress.Update(audit.count());
          return stored.transaction.sequence() < newest;
        });
    progress.Finish();
    if (!read.ok()) return read;
    audit.Finish();
    report_.transactions = audit.count();
    report_.accounts = static_cast<int64_t>(audit.accounts().size());
    report_.until = FormatCursor(settings_.ledger, audit.end());
    report_.sha256 = audit.FinishDigest();
    return CompareService(newest, &audit);
  }

  // Finds a transaction and returns its stored row. The service is asked only for the sequence.
  absl::StatusOr<v1::Transaction> Find(const std::string& id) const {
    v1::GetTransactionRequest request;
    request.set_id(id);
    const auto told = Ask([&] { return client_->GetTransaction(request); });
    if (!told.ok()) return told.status();
    const auto page =
        ReadRow(source_, kTransactionsTable, {"sequence"}, {std::to_string(told->sequence())});
    if (!page.ok()) return page.status();
    if (page->rows().empty()) return absl::NotFoundError(id);
    v1::Transaction stored = ReadTransaction(StoredRow(*page, 0), settings_.accounts).transaction;
    if (stored.id() != id) return absl::NotFoundError(id);
    return stored;
  }

  absl::Status CompareService(int64_t newest, Audit* audit) {
    const auto is_there = CompareHead(newest);
    // A service that is behind would let this call wait until it has caught up.
    if (!is_there.ok() || !*is_there) return is_there.status();
    v1::DigestTransactionsRequest request;
    request.set_until(report_.until);
    const auto digest = Ask([&] { return client_->DigestTransactions(request); });
    if (absl::IsOutOfRange(digest.status())) {
      problems_.Add("cursor", "the service does not know " + report_.until +
                                  ", where the stored history ends: it remembers another one");
      return absl::OkStatus();
    }
    if (!digest.ok()) return digest.status();
    if (digest->sha256() != report_.sha256 || digest->count() != report_.transactions) {
      problems_.Add("digest", "DigestTransactions has " + std::to_string(digest->count()) +
                                  " transactions and " + digest->sha256() +
                                  ", what is stored has " + std::to_string(report_.transactions) +
                                  " and " + report_.sha256);
    }
    return CompareAccounts(
        {[this](const auto& r) { return Ask([&] { return client_->ListAccounts(r); }); },
         [this](const auto& r) { return Ask([&] { return client_->GetAccount(r); }); }},
        report_.until, audit);
  }

  // Returns whether the service has read its ledger up to `newest`. A service that cannot read its
  // database to the end still answers watches, with the head that it has reached.
  absl::StatusOr<bool> CompareHead(int64_t newest) {
    int64_t head = 0;
    bool is_behind = false;
    const auto reached = Ask([&]() -> absl::StatusOr<bool> {
      is_behind = false;
      const auto now = GetHead(client_);
      if (!now.ok()) return now.status();
      const auto cursor = ParseCursor(*now, "cursor");
      if (!cursor.ok()) return cursor.status();
      head = cursor->position.sequence;
      if (head >= newest) return true;
      is_behind = true;
      return absl::UnavailableError("the service has not got to the end of its ledger yet");
    });
    if (!is_behind) return reached;
    problems_.Add("service", "the service has got to sequence " + std::to_string(head) +
                                 " of its ledger, which ends at " + std::to_string(newest) +
                                 ": it is not ready, and its log says why");
    return false;
  }

  const VerificationOptions options_;
  ServiceClient* const client_;
  Problems problems_;
  const StoredSource source_;
  AuditedSettings settings_;
  AuditReport report_;
};

}  // namespace

absl::StatusOr<AuditReport> VerifyLedger(const VerificationOptions& options,
                                         ServiceClient* client) {
  return Verification(options, client).Run();
}

}  // namespace ledgercast::cli
