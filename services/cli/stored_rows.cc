#include "services/cli/stored_rows.h"

#include <charconv>

#include "services/common/base/errors.h"

namespace ledgercast::cli {

const std::string* StoredRow::Find(std::string_view name) const {
  for (int i = 0; i < page_.columns_size(); ++i) {
    if (page_.columns(i).name() == name) return value(i);
  }
  return nullptr;
}

std::string StoredRow::Text(std::string_view name) const {
  const std::string* const text = Find(name);
  return text == nullptr ? "" : *text;
}

std::optional<int64_t> StoredRow::Number(std::string_view name) const {
  const std::string* const text = Find(name);
  if (text == nullptr) return std::nullopt;
  int64_t number = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

absl::Status ForEachRow(const StoredSource& source, const std::string& table,
                        const std::vector<std::string>& start_key,
                        const std::function<absl::StatusOr<bool>(const StoredRow&)>& take) {
  v1::ListStoredRowsRequest request;
  request.set_table(table);
  request.mutable_start_key()->Assign(start_key.begin(), start_key.end());
  do {
    const auto page = source.rows(request);
    if (!page.ok()) return page.status();
    for (int i = 0; i < page->rows_size(); ++i) {
      if (page->rows(i).values_size() != page->columns_size()) {
        return MakeError(absl::StatusCode::kInternal, reason::kInternal,
                         "the service answered a row without all of its columns");
      }
      const auto more = take(StoredRow(*page, i));
      if (!more.ok()) return more.status();
      if (!*more) return absl::OkStatus();
    }
    request.clear_start_key();
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

absl::StatusOr<v1::ListStoredRowsResponse> ReadRow(const StoredSource& source,
                                                   const std::string& table,
                                                   const std::vector<std::string>& key_columns,
                                                   const std::vector<std::string>& key) {
  v1::ListStoredRowsRequest request;
  request.set_table(table);
  request.set_page_size(1);
  request.mutable_start_key()->Assign(key.begin(), key.end());
  auto page = source.rows(request);
  if (!page.ok() || page->rows().empty()) return page;
  for (size_t i = 0; i < key.size(); ++i) {
    if (StoredRow(*page, 0).Text(key_columns[i]) != key[i]) {
      page->clear_rows();
      return page;
    }
  }
  return page;
}

absl::StatusOr<v1::ListStoredRowsResponse> ReadLastRow(const StoredSource& source,
                                                       const std::string& table) {
  v1::ListStoredRowsRequest request;
  request.set_table(table);
  request.set_page_size(1);
  request.set_descending(true);
  return source.rows(request);
}

}  // namespace ledgercast::cli
