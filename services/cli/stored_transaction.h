#ifndef SERVICES_CLI_STORED_TRANSACTION_H_
#define SERVICES_CLI_STORED_TRANSACTION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ledgercast/v1/transaction.pb.h"
#include "services/cli/account_book.h"
#include "services/cli/stored_rows.h"

namespace ledgercast::cli {

inline constexpr char kTransactionsTable[] = "transactions";

// Holds a row of `transactions` as it is stored, with the names of its accounts.
struct StoredTransaction {
  // Describes a value that a column may not hold, even if the hash is right.
  struct Fault {
    std::string column;
    std::string message;
  };

  // The content that is hashed. An account that does not exist is named by its number, such as
  // "#7".
  v1::Transaction transaction;
  std::string caller;
  std::vector<Fault> faults;
};

StoredTransaction ReadTransaction(const StoredRow& row, const AccountBook& accounts);

// Returns the columns of the table that are checked here.
const std::vector<std::string>& TransactionColumns();

int64_t MicrosOf(const v1::Transaction& transaction);
void SetMicros(int64_t micros, v1::Transaction* transaction);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_STORED_TRANSACTION_H_
