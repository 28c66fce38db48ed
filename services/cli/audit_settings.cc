#include "services/cli/audit_settings.h"

#include <array>
#include <set>
#include <utility>

namespace ledgercast::cli {
namespace {

constexpr char kLedgerTable[] = "ledger";
constexpr char kSettingsVersion[] = "settings_version";
constexpr char kAccountsTable[] = "accounts";

struct RecordedTable {
  const char* name;
  const char* key;
};

constexpr std::array kRecordedTables = {
    RecordedTable{kAccountsTable, "id"}, RecordedTable{"currencies", "code"},
    RecordedTable{kLedgerTable, "only_row"}, RecordedTable{"schema_migrations", "version"}};

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

class SettingsAudit {
 public:
  SettingsAudit(const StoredSource& source, std::string ledger, Problems* problems,
                std::vector<std::string>* notes)
      : source_(source),
        problems_(problems),
        notes_(notes),
        history_(std::move(ledger), problems) {}

  absl::Status ReadChanges(const std::vector<std::string>& start_key) {
    return ForEachRow(source_, kChangesTable, start_key,
                      [this, &start_key](const StoredRow& row) -> absl::StatusOr<bool> {
                        // With a start key, only the changes of its subject are read.
                        if (!start_key.empty() && (row.Text("table_name") != start_key[0] ||
                                                   row.Text("subject") != start_key[1])) {
                          return false;
                        }
                        history_.Add(row);
                        return true;
                      });
  }

  absl::Status CompareTable(const RecordedTable& table) {
    std::set<std::string> seen;
    const absl::Status read =
        ForEachRow(source_, table.name, {}, [&](const StoredRow& row) -> absl::StatusOr<bool> {
          seen.insert(row.Text(table.key));
          NoteUnknown(table, row);
          if (std::string_view(table.name) == kAccountsTable) AddUnrecorded(row);
          if (Differing(table, row).empty()) return true;
          const absl::Status checked = CheckAgain(table, row.Text(table.key));
          if (!checked.ok()) return checked;
          return true;
        });
    if (!read.ok()) return read;
    for (const auto& [subject, recorded] : history_.Of(table.name)) {
      if (!seen.contains(subject)) Report(table, subject, {table.key}, "is recorded and not there");
    }
    return absl::OkStatus();
  }

  // Compares the ledger's settings_version with the changes of limits, each of which records it.
  absl::Status CompareVersion() {
    while (true) {
      const auto before = ReadVersion();
      if (!before.ok()) return before.status();
      if (*before == history_.settings_version()) return absl::OkStatus();
      if (const absl::Status read = ReadChanges({}); !read.ok()) return read;
      const auto after = ReadVersion();
      if (!after.ok()) return after.status();
      if (*before != *after) continue;  // a change came meanwhile
      if (*after != history_.settings_version()) {
        Report(kRecordedTables[2], "true", {kSettingsVersion},
               "settings_version is " + std::to_string(*after) +
                   ", while the newest change that was recorded made it " +
                   std::to_string(history_.settings_version()));
      }
      return absl::OkStatus();
    }
  }

  AuditedSettings Finish(std::string ledger) {
    AuditedSettings settings;
    for (const auto& [subject, recorded] : history_.Of(kAccountsTable)) {
      const Json state = StateOf(recorded.newest);
      const std::string* const name = FindString(state, "name");
      const std::string* const currency = FindString(state, "currency");
      int64_t number = 0;
      if (name == nullptr || currency == nullptr || !FindCount(state, "id", &number)) continue;
      settings.accounts.Add(
          {number, *name, *currency, recorded.limits, recorded.known_since, recorded.was_admin});
    }
    for (AccountBook::Account& account : unrecorded_) settings.accounts.Add(std::move(account));
    const auto* const first = history_.Find(kLedgerTable, "true");
    settings.recorded_since = first == nullptr ? 0 : first->known_since;
    settings.ledger = std::move(ledger);
    return settings;
  }

 private:
  // Returns whether the row's own changes record `column`. The ledger's settings_version is
  // recorded by the changes of other rows: see CompareVersion().
  static bool IsTold(const RecordedTable& table, const std::string& column) {
    return std::string_view(table.name) != kLedgerTable || column != kSettingsVersion;
  }

  std::vector<std::string> Differing(const RecordedTable& table, const StoredRow& row) const {
    const auto* const recorded = history_.Find(table.name, row.Text(table.key));
    if (recorded == nullptr) return {table.key};
    std::vector<std::string> unknown;
    std::vector<std::string> differing;
    for (std::string& column : DifferingColumns(row, StateOf(recorded->newest), &unknown)) {
      if (IsTold(table, column)) differing.push_back(std::move(column));
    }
    return differing;
  }

  // Reads a row again that disagrees with its newest change, and reports it if it still does. Both
  // are written in one transaction, so they always agree. A disagreement counts only if no change
  // came while the row was read.
  absl::Status CheckAgain(const RecordedTable& table, const std::string& subject) {
    while (true) {
      const auto before = NewestAfterReading(table, subject);
      if (!before.ok()) return before.status();
      const auto page = ReadRow(source_, table.name, {table.key}, {subject});
      if (!page.ok()) return page.status();
      const auto after = NewestAfterReading(table, subject);
      if (!after.ok()) return after.status();
      if (*before != *after) continue;
      if (page->rows().empty()) return absl::OkStatus();  // told as missing at the end
      const StoredRow row(*page, 0);
      const std::vector<std::string> differing = Differing(table, row);
      if (differing.empty()) return absl::OkStatus();
      if (*after == 0) {
        Report(table, subject, differing,
               "was never recorded: it, or its key, was not written by "
               "this version of the service");
        return absl::OkStatus();
      }
      Report(table, subject, differing, Described(table, row, differing));
      return absl::OkStatus();
    }
  }

  absl::StatusOr<int64_t> NewestAfterReading(const RecordedTable& table,
                                             const std::string& subject) {
    const auto* known = history_.Find(table.name, subject);
    const std::string number = std::to_string(known == nullptr ? 1 : known->newest.number);
    if (const absl::Status read = ReadChanges({table.name, subject, number}); !read.ok()) {
      return read;
    }
    known = history_.Find(table.name, subject);
    return known == nullptr ? 0 : known->newest.number;
  }

  std::string Described(const RecordedTable& table, const StoredRow& row,
                        const std::vector<std::string>& columns) const {
    const auto* const recorded = history_.Find(table.name, row.Text(table.key));
    const Json state = StateOf(recorded->newest);
    std::string text;
    for (const std::string& column : columns) {
      const std::string* const value = row.Find(column);
      const auto found = state.find(column);
      if (!text.empty()) text += "; ";
      text += column + " is " + (value == nullptr ? "not set" : "'" + *value + "'") +
              ", while its newest change (" + std::to_string(recorded->newest.number) + ") has " +
              (found == state.end() || found->is_null() ? "nothing" : found->dump());
    }
    return text;
  }

  absl::StatusOr<int64_t> ReadVersion() const {
    const auto page = ReadLastRow(source_, kLedgerTable);
    if (!page.ok()) return page.status();
    if (page->rows().empty()) return history_.settings_version();  // told as missing
    return StoredRow(*page, 0).Number(kSettingsVersion).value_or(0);
  }

  void AddUnrecorded(const StoredRow& row) {
    if (history_.Find(kAccountsTable, row.Text("id")) != nullptr) return;
    unrecorded_.push_back(
        {row.Number("id").value_or(0), row.Text("name"), row.Text("currency"), {}, 0, true});
  }

  void NoteUnknown(const RecordedTable& table, const StoredRow& row) {
    const auto* const recorded = history_.Find(table.name, row.Text(table.key));
    if (recorded == nullptr || !noted_.insert(table.name).second) return;
    std::vector<std::string> unknown;
    DifferingColumns(row, StateOf(recorded->newest), &unknown);
    if (!unknown.empty()) {
      notes_->push_back("of " + std::string(table.name) + ", nothing was recorded of " +
                        Joined(unknown) + ": not checked");
    }
  }

  void Report(const RecordedTable& table, const std::string& row,
              const std::vector<std::string>& columns, const std::string& message) {
    problems_->Add({table.name, row, columns, 0, "", "record", message});
  }

  const StoredSource& source_;
  Problems* const problems_;
  std::vector<std::string>* const notes_;
  ChangeHistory history_;
  std::vector<AccountBook::Account> unrecorded_;
  std::set<std::string> noted_;
};

}  // namespace

absl::StatusOr<AuditedSettings> AuditSettings(const StoredSource& source, Problems* problems,
                                              std::vector<std::string>* notes) {
  auto ledger = FindLedgerName(source);
  if (!ledger.ok()) return ledger.status();
  SettingsAudit audit(source, *ledger, problems, notes);
  absl::Status status = audit.ReadChanges({});
  for (const RecordedTable& table : kRecordedTables) {
    if (status.ok()) status = audit.CompareTable(table);
  }
  if (status.ok()) status = audit.CompareVersion();
  if (!status.ok()) return status;
  return audit.Finish(*std::move(ledger));
}

}  // namespace ledgercast::cli
