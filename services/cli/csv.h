#ifndef SERVICES_CLI_CSV_H_
#define SERVICES_CLI_CSV_H_

// Reads and writes CSV as RFC 4180 defines it. Fields with commas, quotes or line ends are quoted,
// and a quote within them is doubled. Lines may end with \n alone, and blank lines are skipped.

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace ledgercast::cli {

using CsvRecord = std::vector<std::string>;

class CsvReader {
 public:
  struct Limits {
    size_t max_record_bytes = 64 << 10;
    size_t max_fields = 64;
  };

  // `input` must outlive it.
  explicit CsvReader(std::istream* input) : CsvReader(input, Limits()) {}
  CsvReader(std::istream* input, Limits limits) : input_(input->rdbuf()), limits_(limits) {}

  // Reads the next record. Returns false at the end. INVALID_ARGUMENT says what is wrong with the
  // record. The reader cannot be used after that, since it does not know where the next record
  // begins.
  absl::StatusOr<bool> Next(CsvRecord* record);

  // Returns the line on which the last record begins, counted from 1.
  int64_t line() const { return record_line_; }

 private:
  absl::Status ReadField(std::string* field, bool* is_last);
  absl::Status ReadQuoted(std::string* field);
  absl::Status Append(int c, std::string* field);
  bool SkipBlankLines();
  // Returns whether `c`, which has just been read, ends a line. Also consumes the \n of \r\n.
  bool EndsLine(int c);
  absl::Status Bad(const std::string& what) const;

  std::streambuf* const input_;
  const Limits limits_;
  int64_t next_line_ = 1;
  int64_t record_line_ = 1;
  size_t record_bytes_ = 0;
};

// Formats one record with its line end. Fields are quoted if they need it.
std::string FormatCsv(const CsvRecord& record);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_CSV_H_
