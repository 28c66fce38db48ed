#ifndef SERVICES_CLI_TRANSACTION_PRINTER_H_
#define SERVICES_CLI_TRANSACTION_PRINTER_H_

#include <google/protobuf/repeated_ptr_field.h>

#include "absl/status/status.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/cli/currency_digits.h"
#include "services/cli/table.h"

namespace ledgercast::cli {

// Writes transactions to standard output as they come, as a table or as one JSON object per line.
class TransactionPrinter {
 public:
  TransactionPrinter(bool json, CurrencyDigits::GetAccount get_account);

  // Prints all of them. If it returns an error, it has printed none.
  absl::Status Print(const google::protobuf::RepeatedPtrField<v1::Transaction>& transactions);

 private:
  const bool json_;
  CurrencyDigits digits_;
  Table table_;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_TRANSACTION_PRINTER_H_
