#include "services/cli/table.h"

#include <algorithm>
#include <utility>

#include "services/cli/text.h"

namespace ledgercast::cli {

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {
  for (const Column& column : columns_) widths_.push_back(CountColumns(column.title));
}

std::string Table::Format(const std::vector<Row>& rows) {
  std::vector<Row> printable = rows;
  for (Row& row : printable) {
    for (std::string& cell : row) cell = Printable(cell);
    Widen(row);
  }
  std::string text;
  if (!headed_) {
    Row titles;
    for (const Column& column : columns_) titles.push_back(column.title);
    Append(titles, &text);
    headed_ = true;
  }
  for (const Row& row : printable) Append(row, &text);
  return text;
}

void Table::Widen(const Row& row) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    widths_[i] = std::max(widths_[i], CountColumns(row[i]));
  }
}

void Table::Append(const Row& row, std::string* text) const {
  std::string line;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) line += "  ";
    const size_t padding = widths_[i] - CountColumns(row[i]);
    if (columns_[i].is_number) line.append(padding, ' ');
    line += row[i];
    if (!columns_[i].is_number) line.append(padding, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  *text += line;
  text->push_back('\n');
}

}  // namespace ledgercast::cli
