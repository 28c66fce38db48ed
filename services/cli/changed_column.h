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

// An account before a transaction.
struct AccountBefore {
  std::string name;
  int64_t newest = 0;
  int64_t balance = 0;
  std::string currency;
};

// What the transactions around one say about it.
struct Surroundings {
  Hash hash_before{};
  int64_t sequence = 0;
  AccountBefore from;
  AccountBefore to;
  // Times that `create_time` may have had: that of the transaction before, then of the one after.
  std::vector<int64_t> times_micros;
  // Gives every account to `take` until that answers false.
  std::function<void(const std::function<bool(const AccountBefore&)>& take)> for_each_account;
};

// One column of a transaction as it must have been: with it, the content gives the hash.
struct ChangedColumn {
  std::string column;
  v1::Transaction original;
};

// Finds the one column that was changed in a transaction whose content does not give its hash, by
// replacing one after the other by what the surroundings ask for. Returns nullopt if they say
// nothing of that column, if more than one was changed, or if the hash was.
std::optional<ChangedColumn> FindChangedColumn(const v1::Transaction& transaction,
                                               const Surroundings& around);

// Returns the columns that may have been changed where FindChangedColumn() found nothing.
std::vector<std::string> ColumnsOnlyHashed();

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_CHANGED_COLUMN_H_
