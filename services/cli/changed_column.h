#ifndef SERVICES_CLI_CHANGED_COLUMN_H_
#define SERVICES_CLI_CHANGED_COLUMN_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ledgercast/v1/transaction.pb.h"
#include "services/common/base/sha256.h"

namespace ledgercast::cli {

// Holds the state of an account before a transaction.
struct AccountBefore {
  std::string name;
  int64_t newest = 0;
  int64_t balance = 0;
  std::string currency;
};

// Holds what the neighbours of a transaction say about it.
struct Surroundings {
  Hash hash_before{};
  int64_t sequence = 0;
  AccountBefore from;
  AccountBefore to;
  // Times that `create_time` may have had: the time of the transaction before, then that of the one
  // after.
  std::vector<int64_t> times_micros;
  // Passes every account to `take` until `take` returns false.
  std::function<void(const std::function<bool(const AccountBefore&)>& take)> for_each_account;
};

// Names one changed column and holds the transaction as it must have been: its content gives the
// stated hash.
struct ChangedColumn {
  std::string column;
  v1::Transaction original;
};

// Finds the one column that was changed in a transaction whose content does not give its hash.
// Replaces one column after the other by the value that the surroundings imply. Returns nullopt if
// they imply nothing for that column, if more than one column was changed, or if the hash itself
// was.
std::optional<ChangedColumn> FindChangedColumn(const v1::Transaction& transaction,
                                               const Surroundings& around);

// Returns the columns that may have been changed if FindChangedColumn() finds nothing.
std::vector<std::string> ColumnsOnlyHashed();

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_CHANGED_COLUMN_H_
