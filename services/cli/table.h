#ifndef SERVICES_CLI_TABLE_H_
#define SERVICES_CLI_TABLE_H_

#include <string>
#include <vector>

namespace ledgercast::cli {

// Lines up rows that come in batches of any size. A column is as wide as the widest cell that it
// has had so far.
class Table {
 public:
  struct Column {
    std::string title;
    bool is_number = false;  // aligned to the right
  };
  using Row = std::vector<std::string>;

  explicit Table(std::vector<Column> columns);

  // Returns the text of `rows`, with the titles above it the first time. Each row must have as many
  // cells as there are columns.
  std::string Format(const std::vector<Row>& rows);

 private:
  void Widen(const Row& row);
  void Append(const Row& row, std::string* text) const;

  const std::vector<Column> columns_;
  std::vector<size_t> widths_;
  bool headed_ = false;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_TABLE_H_
