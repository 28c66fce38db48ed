#ifndef SERVICES_CLI_CSV_H_
#define SERVICES_CLI_CSV_H_

// CSV as RFC 4180 has it: fields with commas, quotes or line ends are quoted, a quote in
// them is doubled. Lines may end with \n alone, and blank ones are skipped.

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

  // Reads the next record; false at the end. INVALID_ARGUMENT says what is wrong with it. The
  // reader is of no use then, since it cannot tell where the next record begins.
  absl::StatusOr<bool> Next(CsvRecord* record);

  // The line on which the last record begins, counted from 1.
  int64_t line() const { return record_line_; }

 private:
  absl::Status ReadField(std::string* field, bool* is_last);
  absl::Status ReadQuoted(std::string* field);
  absl::Status Append(int c, std::string* field);
  bool SkipBlankLines();
  // Returns whether `c`, which has just been read, ends a line. Swallows the \n of \r\n.
  bool EndsLine(int c);
  absl::Status Bad(const std::string& what) const;

  std::streambuf* const input_;
  const Limits limits_;
  int64_t next_line_ = 1;
  int64_t record_line_ = 1;
  size_t record_bytes_ = 0;
};

// Formats one record with its line end, quoted where it must be.
std::string FormatCsv(const CsvRecord& record);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_CSV_H_
