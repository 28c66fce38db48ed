#include "services/cli/currency_digits.h"

#include <utility>

namespace ledgercast::cli {

CurrencyDigits::CurrencyDigits(GetAccount get_account) : get_account_(std::move(get_account)) {}

absl::StatusOr<int> CurrencyDigits::Of(const v1::Transaction& transaction) {
  const auto known = digits_.find(transaction.currency());
  if (known != digits_.end()) return known->second;
  auto account = get_account_(transaction.from_account());
  // A member may be allowed to see only one of the two accounts.
  if (absl::IsPermissionDenied(account.status())) account = get_account_(transaction.to_account());
  if (!account.ok()) return account.status();
  digits_[transaction.currency()] = account->minor_unit_digits();
  return account->minor_unit_digits();
}

}  // namespace ledgercast::cli
