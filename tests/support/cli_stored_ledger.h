#ifndef TESTS_SUPPORT_CLI_STORED_LEDGER_H_
#define TESTS_SUPPORT_CLI_STORED_LEDGER_H_

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/cli/change_hash.h"
#include "services/cli/stored_rows.h"
#include "services/common/auth/strict_json.h"
#include "services/common/base/errors.h"

namespace ledgercast::cli {

// Holds tables in memory, which it shows like AuditService, in pages of two rows.
class StoredLedger {
 public:
  using Row = std::map<std::string, std::optional<std::string>>;
  struct Table {
    std::vector<std::string> key;
    std::vector<v1::StoredColumn> columns;
    std::vector<Row> rows;
  };

  void AddTable(const std::string& name, std::vector<std::string> key,
                const std::vector<std::pair<std::string, std::string>>& columns) {
    Table& table = tables_[name];
    table.key = std::move(key);
    for (const auto& [column, type] : columns) {
      v1::StoredColumn& added = table.columns.emplace_back();
      added.set_name(column);
      added.set_type(type);
    }
  }
  Table& table(const std::string& name) { return tables_.at(name); }

  // Records a change, as the database does.
  void Record(const std::string& table, const std::string& subject, const std::string& state,
              int64_t sequence = 0, int64_t settings_version = 0) {
    Change& change = newest_[table + "/" + subject];
    const std::string previous = change.hash;
    change = {table, subject, change.number + 1, 5, sequence, settings_version, state, ""};
    change.hash = ChangeHash("ledger1", previous, change);
    tables_.at("changes").rows.push_back({{"table_name", table},
                                          {"subject", subject},
                                          {"number", std::to_string(change.number)},
                                          {"change_time", "5"},
                                          {"sequence", std::to_string(sequence)},
                                          {"settings_version", std::to_string(settings_version)},
                                          {"state", state},
                                          {"hash", change.hash}});
  }

  StoredSource source() {
    return {[] { return v1::ListStoredTablesResponse(); },
            [this](const v1::ListStoredRowsRequest& request) { return Read(request); }};
  }

  // Called before each read.
  std::function<void(const v1::ListStoredRowsRequest&)> before_read =
      [](const v1::ListStoredRowsRequest&) {};

 private:
  using Key = std::vector<std::pair<size_t, std::string>>;

  // Makes a key that sorts numbers by size, since a longer text is a larger number here.
  static Key KeyOf(const std::vector<std::string>& values) {
    Key key;
    for (const std::string& value : values) {
      const bool is_number = value.find_first_not_of("0123456789") == std::string::npos;
      key.emplace_back(is_number ? value.size() : 0, value);
    }
    return key;
  }

  absl::StatusOr<v1::ListStoredRowsResponse> Read(const v1::ListStoredRowsRequest& request) {
    before_read(request);
    const Table& table = tables_.at(request.table());
    std::vector<std::pair<Key, const Row*>> sorted;
    for (const Row& row : table.rows) {
      std::vector<std::string> values;
      for (const std::string& column : table.key) values.push_back(*row.at(column));
      sorted.emplace_back(KeyOf(values), &row);
    }
    std::sort(sorted.begin(), sorted.end());
    if (request.descending()) std::reverse(sorted.begin(), sorted.end());
    const Key start = KeyOf({request.start_key().begin(), request.start_key().end()});
    size_t at = request.page_token().empty() ? 0 : std::stoul(request.page_token());
    while (!start.empty() && at < sorted.size() && sorted[at].first < start) ++at;
    v1::ListStoredRowsResponse page;
    for (const auto& column : table.columns) *page.add_columns() = column;
    const size_t end = at + (request.page_size() == 1 ? 1 : 2);
    for (; at < std::min(end, sorted.size()); ++at) {
      v1::StoredRow* row = page.add_rows();
      for (const auto& column : table.columns) {
        v1::StoredValue* value = row->add_values();
        const auto& text = sorted[at].second->at(column.name());
        if (text) value->set_text(*text);
      }
    }
    if (at < sorted.size()) page.set_next_page_token(std::to_string(at));
    return page;
  }

  std::map<std::string, Table> tables_;
  std::map<std::string, Change> newest_;
};

}  // namespace ledgercast::cli

#endif  // TESTS_SUPPORT_CLI_STORED_LEDGER_H_
