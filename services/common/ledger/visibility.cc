#include "services/common/ledger/visibility.h"

#include <algorithm>
#include <utility>

#include "services/common/base/errors.h"

namespace ledgercast {

bool IsAmong(const std::vector<std::string>& accounts, std::string_view account) {
  return std::binary_search(accounts.begin(), accounts.end(), account);
}

AccountFilter AccountFilter::Of(std::vector<std::string> accounts) {
  std::sort(accounts.begin(), accounts.end());
  accounts.erase(std::unique(accounts.begin(), accounts.end()), accounts.end());
  return {false, std::move(accounts)};
}

bool AccountFilter::Contains(std::string_view account) const { return IsAmong(accounts, account); }

bool AccountFilter::Matches(const v1::Transaction& transaction) const {
  return all || Contains(transaction.from_account()) || Contains(transaction.to_account());
}

bool MaySeeAccount(const Viewer& viewer, std::string_view account) {
  return viewer.sees_all || IsAmong(viewer.accounts, account);
}

bool TakesPart(const Viewer& viewer, const v1::Transaction& transaction) {
  return MaySeeAccount(viewer, transaction.from_account()) ||
         MaySeeAccount(viewer, transaction.to_account());
}

absl::StatusOr<AccountFilter> EffectiveFilter(const Viewer& viewer,
                                              std::vector<std::string> accounts) {
  if (accounts.size() > kMaxFilterAccounts) {
    return InvalidField("accounts",
                        "names more than " + std::to_string(kMaxFilterAccounts) + " accounts");
  }
  for (const std::string& account : accounts) {
    if (account.empty()) return InvalidField("accounts", "holds an empty name");
    if (!MaySeeAccount(viewer, account)) {
      return MakeError(absl::StatusCode::kPermissionDenied, reason::kNotAllowed,
                       "account '" + account + "' is not yours to watch", {{"account", account}});
    }
  }
  if (!accounts.empty()) return AccountFilter::Of(std::move(accounts));
  if (viewer.sees_all) return AccountFilter::All();
  // The filter is never empty, because some requests treat no accounts as all accounts.
  if (viewer.accounts.empty()) {
    return MakeError(absl::StatusCode::kPermissionDenied, reason::kNotAllowed,
                     "no account is yours to watch");
  }
  return AccountFilter::Of(viewer.accounts);
}

void Redact(const Viewer& viewer, v1::Transaction* transaction) {
  if (viewer.sees_all) return;
  transaction->clear_hash();
  if (!MaySeeAccount(viewer, transaction->from_account())) {
    transaction->clear_from_previous();
    transaction->clear_from_balance();
  }
  if (!MaySeeAccount(viewer, transaction->to_account())) {
    transaction->clear_to_previous();
    transaction->clear_to_balance();
  }
}

}  // namespace ledgercast
