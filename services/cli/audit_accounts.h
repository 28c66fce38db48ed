#ifndef SERVICES_CLI_AUDIT_ACCOUNTS_H_
#define SERVICES_CLI_AUDIT_ACCOUNTS_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "ledgercast/v1/account.pb.h"
#include "services/cli/audit.h"

namespace ledgercast::cli {

// Holds the calls that read the accounts from the service.
struct AccountSource {
  std::function<absl::StatusOr<v1::ListAccountsResponse>(const v1::ListAccountsRequest&)> list;
  std::function<absl::StatusOr<v1::Account>(const v1::GetAccountRequest&)> get;
};

// Compares the accounts with the transactions of `audit`, which end at the cursor `until`. Adds
// each disagreement to the audit's problems. Accounts that have changed since `until` are read as
// they were then.
absl::Status CompareAccounts(const AccountSource& source, const std::string& until, Audit* audit);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_AUDIT_ACCOUNTS_H_
