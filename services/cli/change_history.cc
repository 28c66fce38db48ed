#include "services/cli/change_history.h"

#include <algorithm>

#include "absl/time/time.h"
#include "services/common/auth/management.h"
#include "services/common/base/sha256.h"

namespace ledgercast::cli {
namespace {

constexpr char kAccounts[] = "accounts";
constexpr char kTimeType[] = "timestamp with time zone";

std::optional<Change> ReadChange(const StoredRow& row) {
  Change change;
  for (const auto& [column, number] :
       {std::pair("number", &change.number), std::pair("change_time", &change.time_micros),
        std::pair("sequence", &change.sequence),
        std::pair("settings_version", &change.settings_version)}) {
    const auto found = row.Number(column);
    if (!found) return std::nullopt;
    *number = *found;
  }
  change.table_name = row.Text("table_name");
  change.subject = row.Text("subject");
  change.state = row.Text("state");
  change.hash = row.Text("hash");
  return change;
}

std::string RowName(const StoredRow& row) {
  return row.Text("table_name") + "/" + row.Text("subject") + "/" + row.Text("number");
}

std::string RowName(const Change& change) {
  return change.table_name + "/" + change.subject + "/" + std::to_string(change.number);
}

std::optional<int64_t> LimitOf(const Json& state) {
  const auto found = state.find("minimum_balance");
  if (found == state.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<int64_t>();
}

// Returns a recorded value as PostgreSQL writes it in text; nullopt for NULL.
std::optional<std::string> TextOf(const Json& value) {
  if (value.is_null()) return std::nullopt;
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// Returns `value` as AuditService shows the value of such a column.
std::optional<std::string> Shown(const v1::StoredColumn& column, const Json& value) {
  auto text = TextOf(value);
  if (!text) return text;
  // For a password the hash of its hash is recorded, so it needs no hashing here.
  if (column.concealed() && column.name() != "password_hash") {
    return HashToHex(Sha256Of(*text));
  }
  absl::Time time;
  if (!column.concealed() && column.type() == kTimeType &&
      absl::ParseTime(absl::RFC3339_full, *text, &time, nullptr)) {
    return std::to_string(absl::ToUnixMicros(time));
  }
  return text;
}

}  // namespace

void ChangeHistory::Add(const StoredRow& row) {
  const auto read = ReadChange(row);
  if (!read || !StateOf(*read).is_object()) {
    problems_->Add({kChangesTable,
                    RowName(row),
                    {"number", "change_time", "sequence", "settings_version", "state"},
                    0,
                    "",
                    "content",
                    "holds what no change can hold"});
    return;
  }
  const Change& change = *read;
  Subjects& subjects = tables_[change.table_name];
  const auto [it, is_first] = subjects.try_emplace(change.subject);
  Subject& subject = it->second;
  if (!is_first && change.number <= subject.newest.number) return;
  if (is_first) subject.known_since = change.sequence;
  Check(change, subject.newest);
  Note(change, &subject);
}

void ChangeHistory::Check(const Change& change, const Change& before) {
  if (change.number != before.number + 1) {
    problems_->Add({kChangesTable,
                    RowName(change),
                    {"table_name", "subject", "number"},
                    0,
                    "",
                    "sequence",
                    "is change " + std::to_string(change.number) + " behind change " +
                        std::to_string(before.number) +
                        ": what was between them is missing, or belongs to another row now"});
    return;
  }
  if (ChangeHash(ledger_, before.hash, change) == change.hash) return;
  problems_->Add({kChangesTable,
                  RowName(change),
                  {"change_time", "sequence", "settings_version", "state", "hash"},
                  0,
                  "",
                  "hash",
                  "its content and the hash of the change before it do not give its hash: one of "
                  "change_time, sequence, settings_version, state and hash was changed, or the "
                  "hash before it"});
}

void ChangeHistory::Note(const Change& change, Subject* subject) {
  settings_version_ = std::max(settings_version_, change.settings_version);
  if (change.table_name == kAccounts) {
    const Json state = StateOf(change);
    const auto limit = LimitOf(state);
    // The sequence is exact only for a change of the limit, which is made under the ledger's lock.
    if (subject->limits.empty() || subject->limits.back().second != limit) {
      subject->limits.emplace_back(change.sequence, limit);
    }
    const std::string* const department = FindString(state, "department");
    subject->was_admin |= department != nullptr && *department == kManagement;
  }
  subject->newest = change;
}

const ChangeHistory::Subjects& ChangeHistory::Of(const std::string& table) const {
  static const auto& none = *new Subjects;
  const auto found = tables_.find(table);
  return found == tables_.end() ? none : found->second;
}

const ChangeHistory::Subject* ChangeHistory::Find(const std::string& table,
                                                  const std::string& subject) const {
  const Subjects& subjects = Of(table);
  const auto found = subjects.find(subject);
  return found == subjects.end() ? nullptr : &found->second;
}

Json StateOf(const Change& change) {
  return Json::parse(change.state, nullptr, /*allow_exceptions=*/false);
}

std::vector<std::string> DifferingColumns(const StoredRow& row, const Json& state,
                                          std::vector<std::string>* unknown) {
  std::vector<std::string> differing;
  for (int i = 0; i < row.size(); ++i) {
    const v1::StoredColumn& column = row.column(i);
    const auto recorded = state.find(column.name());
    if (recorded == state.end()) {
      unknown->push_back(column.name());
      continue;
    }
    const auto shown = Shown(column, *recorded);
    const std::string* const value = row.value(i);
    const bool agrees = value == nullptr ? !shown : shown == *value;
    if (!agrees) differing.push_back(column.name());
  }
  for (const auto& [name, value] : state.items()) {
    bool is_there = false;
    for (int i = 0; i < row.size(); ++i) is_there |= row.column(i).name() == name;
    if (!is_there) differing.push_back(name);
  }
  return differing;
}

absl::StatusOr<std::string> FindLedgerName(const StoredSource& source) {
  const auto row = ReadLastRow(source, "ledger");
  if (!row.ok()) return row.status();
  const std::string name = row->rows().empty() ? "" : StoredRow(*row, 0).Text("ledger");
  const auto first =
      ReadRow(source, kChangesTable, {"table_name", "subject", "number"}, {"ledger", "true", "1"});
  if (!first.ok()) return first.status();
  if (first->rows().empty()) return name;
  const auto change = ReadChange(StoredRow(*first, 0));
  if (!change) return name;
  const Json state = StateOf(*change);
  const std::string* const recorded = FindString(state, "ledger");
  if (recorded == nullptr || ChangeHash(*recorded, "", *change) != change->hash) return name;
  return *recorded;
}

}  // namespace ledgercast::cli
