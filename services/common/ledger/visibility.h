#ifndef SERVICES_COMMON_LEDGER_VISIBILITY_H_
#define SERVICES_COMMON_LEDGER_VISIBILITY_H_

// Who may see what, in one place, used by the service and by the edge. Everything
// here is a pure function and fails closed: what is not allowed by name is hidden.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ledgercast/v1/transaction.pb.h"

namespace ledgercast {

// Whether `account` is one of `accounts`, which are sorted.
bool IsAmong(const std::vector<std::string>& accounts, std::string_view account);

// For whom a transaction is shown.
struct Viewer {
  // Its own accounts (sorted, unique).
  std::vector<std::string> accounts;
  // Sees every account: an admin, or the edge's relay.
  bool sees_all = false;
};

// Which transactions a reader asked for: those of `accounts` (sorted, unique), or
// all of them if `all` is set. A filter that is neither matches nothing.
struct AccountFilter {
  bool all = false;
  std::vector<std::string> accounts;

  static AccountFilter All() { return {true, {}}; }
  static AccountFilter Of(std::vector<std::string> accounts);

  bool Matches(const v1::Transaction& transaction) const;
  bool Contains(std::string_view account) const;

  friend bool operator==(const AccountFilter&, const AccountFilter&) = default;
};

inline constexpr size_t kMaxFilterAccounts = 100;

bool MaySeeAccount(const Viewer& viewer, std::string_view account);

// Whether `viewer` sees the account on either side. For `viewer`, a transaction in which it takes
// no part does not exist.
bool TakesPart(const Viewer& viewer, const v1::Transaction& transaction);

// Returns what `viewer` reads when it asks for `accounts` (empty = all it may see).
// PERMISSION_DENIED / NOT_ALLOWED if it asks for an account that is not its own, or has none;
// INVALID_ARGUMENT above kMaxFilterAccounts.
absl::StatusOr<AccountFilter> EffectiveFilter(const Viewer& viewer,
                                              std::vector<std::string> accounts);

// Removes the fields that `viewer` may not see from a transaction that it may see:
// the other side's chain and balance, and the hash.
void Redact(const Viewer& viewer, v1::Transaction* transaction);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_LEDGER_VISIBILITY_H_
