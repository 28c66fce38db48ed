#ifndef SERVICES_CLI_TRANSFER_READER_H_
#define SERVICES_CLI_TRANSFER_READER_H_

#include <cstdint>
#include <istream>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ledgercast/v1/transaction.pb.h"

namespace ledgercast::cli {

struct TransferRow {
  int64_t row = 0;   // counted from 1; a header does not count
  int64_t line = 0;  // where the row begins in the file
  v1::CreateTransactionRequest request;
};

// Reads transfers from a file. The file is either CSV with a header, or one
// CreateTransactionRequest in JSON per line. The CSV columns are from_account, to_account and
// amount, and optionally id, description and metadata, which is a JSON object. The extra columns of
// a file of rejected rows are skipped.
class TransferReader {
 public:
  // Opens a reader; the first character of `input` tells the format. Rows without an id get the id
  // that RowId() makes from `name`; if `name` is empty, they are refused. `input` must outlive the
  // reader.
  static absl::StatusOr<std::unique_ptr<TransferReader>> Open(std::istream* input,
                                                              const std::string& name);
  virtual ~TransferReader() = default;

  // Reads the next row, in a form that the service can read. Returns false at the end.
  // INVALID_ARGUMENT says what is wrong in which line. IsBroken() then says whether the rows after
  // it can be read.
  virtual absl::StatusOr<bool> Next(TransferRow* row) = 0;
  virtual bool IsBroken() const = 0;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_TRANSFER_READER_H_
