#ifndef SERVICES_CLI_STORED_ROWS_H_
#define SERVICES_CLI_STORED_ROWS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ledgercast/v1/audit.pb.h"

namespace ledgercast::cli {

// Holds the calls of AuditService, the only source of the data that an audit recomputes.
struct StoredSource {
  std::function<absl::StatusOr<v1::ListStoredTablesResponse>()> tables;
  std::function<absl::StatusOr<v1::ListStoredRowsResponse>(const v1::ListStoredRowsRequest&)> rows;
};

// Reads one row of a page by the names of its columns. The page must outlive it.
class StoredRow {
 public:
  StoredRow(const v1::ListStoredRowsResponse& page, int row) : page_(page), row_(page.rows(row)) {}

  int size() const { return page_.columns_size(); }
  const v1::StoredColumn& column(int index) const { return page_.columns(index); }
  // Returns nullptr for NULL.
  const std::string* value(int index) const {
    const v1::StoredValue& value = row_.values(index);
    return value.has_text() ? &value.text() : nullptr;
  }
  // Returns nullptr for NULL, or if there is no such column.
  const std::string* Find(std::string_view name) const;
  // Returns "" for NULL, or if there is no such column.
  std::string Text(std::string_view name) const;
  // Returns nullopt if the value is no number.
  std::optional<int64_t> Number(std::string_view name) const;

 private:
  const v1::ListStoredRowsResponse& page_;
  const v1::StoredRow& row_;
};

// Passes the rows of `table` to `take` until `take` returns false. Begins at `start_key`; an empty
// key means the first row.
absl::Status ForEachRow(const StoredSource& source, const std::string& table,
                        const std::vector<std::string>& start_key,
                        const std::function<absl::StatusOr<bool>(const StoredRow&)>& take);

// Reads the page that holds only the row whose primary key is `key`. The page is empty if there is
// no such row. `key_columns` are the names of the key's columns.
absl::StatusOr<v1::ListStoredRowsResponse> ReadRow(const StoredSource& source,
                                                   const std::string& table,
                                                   const std::vector<std::string>& key_columns,
                                                   const std::vector<std::string>& key);

// Reads the page that holds only the last row. The page is empty if the table is.
absl::StatusOr<v1::ListStoredRowsResponse> ReadLastRow(const StoredSource& source,
                                                       const std::string& table);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_STORED_ROWS_H_
