#ifndef SERVICES_CLI_CURRENCY_DIGITS_H_
#define SERVICES_CLI_CURRENCY_DIGITS_H_

#include <functional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "ledgercast/v1/account.pb.h"
#include "ledgercast/v1/transaction.pb.h"

namespace ledgercast::cli {

// Finds how many digits of an amount stand behind the point. A transaction does not say that, so
// this asks the service once for each currency, for an account that uses it. Not thread-safe.
class CurrencyDigits {
 public:
  using GetAccount = std::function<absl::StatusOr<v1::Account>(const std::string& name)>;

  explicit CurrencyDigits(GetAccount get_account);

  absl::StatusOr<int> Of(const v1::Transaction& transaction);

 private:
  const GetAccount get_account_;
  absl::flat_hash_map<std::string, int> digits_;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_CURRENCY_DIGITS_H_
