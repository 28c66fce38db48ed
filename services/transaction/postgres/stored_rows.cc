// Implements PgStore's reading of stored rows for audits. It covers every table and column in the
// catalogue.

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "services/common/base/errors.h"
#include "services/transaction/postgres/pg_store.h"

namespace ledgercast::postgres {
namespace {

constexpr char kTimeType[] = "timestamp with time zone";

// Returns whether the values of a column may leave this process. Columns that are not named here
// are concealed. So a program does not show a secret of a later schema that it does not know.
bool IsShown(const std::string& table, const std::string& column) {
  using Columns = absl::flat_hash_set<std::string>;
  static const auto& shown = *new absl::flat_hash_map<std::string, Columns>{
      {"accounts",
       {"id", "name", "display_name", "department", "currency", "minimum_balance", "create_time",
        "token_generation", "tokens_revoked_time"}},
      {"changes",
       {"table_name", "subject", "number", "change_time", "sequence", "settings_version", "state",
        "hash"}},
      {"currencies", {"code", "minor_unit_digits"}},
      {"ledger", {"only_row", "ledger", "settings_version"}},
      {"schema_migrations", {"version", "name", "applied", "checksum", "oldest_program"}},
      {"transactions",
       {"sequence", "id", "from_account", "to_account", "amount", "from_previous", "to_previous",
        "from_balance", "to_balance", "create_time", "reverses", "hash", "currency", "caller",
        "description", "metadata"}}};
  const auto found = shown.find(table);
  return found != shown.end() && found->second.contains(column);
}

// Reads the columns in the order of the table, each with its place in the primary key; 0 if it is
// not a part of it.
constexpr char kCatalogue[] =
    "SELECT c.relname, a.attname, format_type(a.atttypid, NULL), coalesce((SELECT k.place FROM "
    "pg_index i, unnest(i.indkey::smallint[]) WITH ORDINALITY AS k(attnum, place) WHERE "
    "i.indrelid = c.oid AND i.indisprimary AND k.attnum = a.attnum), 0) FROM pg_class c JOIN "
    "pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = current_schema()::regnamespace "
    "AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped "
    "AND ($1 = '' OR c.relname = $1) ORDER BY c.relname COLLATE \"C\", a.attnum";

v1::ListStoredTablesResponse ToTables(const Rows& rows) {
  v1::ListStoredTablesResponse response;
  v1::StoredTable* table = nullptr;
  std::vector<std::pair<int64_t, std::string>> key;
  const auto finish = [&] {
    std::sort(key.begin(), key.end());
    for (auto& [place, name] : key) table->add_primary_key(std::move(name));
    key.clear();
  };
  for (size_t row = 0; row < rows.size(); ++row) {
    const std::string name(rows.Text(row, 0));
    if (table == nullptr || table->name() != name) {
      finish();
      table = response.add_tables();
      table->set_name(name);
    }
    v1::StoredColumn* column = table->add_columns();
    column->set_name(std::string(rows.Text(row, 1)));
    column->set_type(std::string(rows.Text(row, 2)));
    column->set_concealed(!IsShown(name, column->name()));
    if (rows.Int(row, 3) > 0) key.emplace_back(rows.Int(row, 3), column->name());
  }
  finish();
  return response;
}

std::string QuotedName(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string ValueOf(const v1::StoredColumn& column) {
  const std::string name = "t." + QuotedName(column.name());
  if (column.concealed()) {
    return "encode(sha256(convert_to(to_jsonb(" + name + ") #>> '{}', 'UTF8')), 'hex')";
  }
  if (column.type() == "bytea") return "encode(" + name + ", 'hex')";
  if (column.type() != kTimeType) return name + "::text";
  return "CASE WHEN isfinite(" + name + ") THEN ((extract(epoch from " + name +
         ") * 1000000)::bigint)::text ELSE " + name + "::text END";
}

const v1::StoredColumn* FindColumn(const v1::StoredTable& table, const std::string& name) {
  for (const v1::StoredColumn& column : table.columns()) {
    if (column.name() == name) return &column;
  }
  return nullptr;
}

// Returns SQL for the rows of a page and their running total of bytes, so that a page of large rows
// is cut inside the database. It reads one more row than asked for, to see whether there is another
// page. The names of the three added columns begin with '#', which no column of a table does.
std::string RowsQuery(const v1::StoredTable& table, const StoredQuery& query) {
  std::string values;
  for (const v1::StoredColumn& column : table.columns()) values += ValueOf(column) + ", ";
  std::string key;
  std::string start;
  std::string order;
  std::string raw;
  for (int i = 0; i < table.primary_key_size(); ++i) {
    const std::string name = QuotedName(table.primary_key(i));
    const std::string comma = i == 0 ? "" : ", ";
    key += comma + name;
    // Parameters are bound as text, whatever the type of the column.
    start += comma + "$" + std::to_string(i + 3) +
             "::text::" + FindColumn(table, table.primary_key(i))->type();
    order += comma + name + (query.descending ? " DESC" : "");
    raw += ", t." + name + "::text";
  }
  std::string where;
  if (!query.key.empty()) {
    const std::string compared = query.descending ? " <" : " >";
    where = " WHERE (" + key + ")" + compared + (query.after_key ? "" : "=") + " (" + start + ")";
  }
  return "SELECT " + values + "t.\"#found\"" + raw +
         " FROM (SELECT p.*, sum(pg_column_size(p)) OVER (ORDER BY " + order +
         " ROWS UNBOUNDED PRECEDING) AS \"#bytes\", row_number() OVER (ORDER BY " + order +
         ") AS \"#place\", count(*) OVER () AS \"#found\" FROM (SELECT * FROM " +
         QuotedName(table.name()) + where + " ORDER BY " + order +
         " LIMIT $1::bigint + 1) AS p) AS t WHERE t.\"#place\" = 1 OR t.\"#bytes\" <= "
         "2 * $2::bigint ORDER BY t.\"#place\"";
}

absl::Status CheckKey(const v1::StoredTable& table, const StoredQuery& query) {
  const bool is_shown =
      std::all_of(table.primary_key().begin(), table.primary_key().end(),
                  [&](const std::string& name) { return !FindColumn(table, name)->concealed(); });
  if (table.primary_key().empty() || !is_shown) {
    return InvalidField("table", "has no primary key that may be shown");
  }
  if (!query.key.empty() && static_cast<int>(query.key.size()) != table.primary_key_size()) {
    return InvalidField("start_key", "must have one value for each column of the primary key");
  }
  return absl::OkStatus();
}

// Turns an internal error into INVALID_FIELD, because the caller's key may have wrong types.
absl::Status AsMistake(const absl::Status& status) {
  if (!absl::IsInternal(status)) return status;
  return InvalidField("start_key", "is no primary key of this table");
}

StoredPage ToPage(const Rows& rows, const v1::StoredTable& table, const StoredQuery& query) {
  StoredPage page;
  *page.response.mutable_columns() = table.columns();
  const auto columns = static_cast<size_t>(table.columns_size());
  int64_t bytes = 0;
  size_t row = 0;
  for (; row < rows.size() && static_cast<int64_t>(row) < query.max_rows; ++row) {
    v1::StoredRow stored;
    for (size_t column = 0; column < columns; ++column) {
      v1::StoredValue* value = stored.add_values();
      if (!rows.IsNull(row, column)) value->set_text(std::string(rows.Text(row, column)));
    }
    bytes += static_cast<int64_t>(stored.ByteSizeLong());
    if (row > 0 && bytes > query.max_bytes) break;
    *page.response.add_rows() = std::move(stored);
  }
  const bool more = row > 0 && static_cast<int64_t>(row) < rows.Int(0, columns);
  for (size_t i = 0; more && i < static_cast<size_t>(table.primary_key_size()); ++i) {
    page.next_key.emplace_back(rows.Text(row - 1, columns + 1 + i));
  }
  return page;
}

}  // namespace

absl::StatusOr<v1::ListStoredTablesResponse> PgStore::ListStoredTables() {
  const auto rows = Read(kCatalogue, {std::string()});
  if (!rows.ok()) return rows.status();
  return ToTables(*rows);
}

absl::StatusOr<StoredPage> PgStore::ReadStoredRows(const StoredQuery& query) {
  return OnOneConnection<StoredPage>([&](Connection* connection) -> absl::StatusOr<StoredPage> {
    const auto catalogue = connection->Run(kCatalogue, {query.table});
    if (!catalogue.ok()) return catalogue.status();
    const v1::ListStoredTablesResponse tables = ToTables(*catalogue);
    if (query.table.empty() || tables.tables_size() != 1) {
      return InvalidField("table", "names none: there is no table '" + query.table + "'");
    }
    const v1::StoredTable& table = tables.tables(0);
    if (const absl::Status usable = CheckKey(table, query); !usable.ok()) return usable;
    std::vector<Param> params = {std::to_string(query.max_rows), std::to_string(query.max_bytes)};
    for (const std::string& value : query.key) params.emplace_back(value);
    const auto rows = connection->Run(RowsQuery(table, query), params);
    if (!rows.ok()) return query.key.empty() ? rows.status() : AsMistake(rows.status());
    return ToPage(*rows, table, query);
  });
}

}  // namespace ledgercast::postgres
