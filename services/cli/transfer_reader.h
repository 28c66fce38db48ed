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
  int64_t row = 0;   // 1, 2, 3 ...; a header is none
  int64_t line = 0;  // of the file, where it begins
  v1::CreateTransactionRequest request;
};

// Reads transfers from a file: CSV with a header (from_account, to_account, amount, and if they are
// there id, description, metadata as a JSON object; what a file of rejected rows has besides is
// passed over), or one CreateTransactionRequest in JSON a line.
class TransferReader {
 public:
  // Tells the formats apart by the first character. Rows without an id get the one that
  // RowId() makes of `name`; with an empty name they are refused. `input` must outlive it.
  static absl::StatusOr<std::unique_ptr<TransferReader>> Open(std::istream* input,
                                                              const std::string& name);
  virtual ~TransferReader() = default;

  // Reads the next row, in a form that the service can read; false at the end. INVALID_ARGUMENT
  // says what is wrong in which line; IsBroken() whether anything can be read after it.
  virtual absl::StatusOr<bool> Next(TransferRow* row) = 0;
  virtual bool IsBroken() const = 0;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_TRANSFER_READER_H_
