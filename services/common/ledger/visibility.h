#ifndef SERVICES_COMMON_LEDGER_VISIBILITY_H_
#define SERVICES_COMMON_LEDGER_VISIBILITY_H_

// Decides who may see what, in one place for the service and the edge. Everything here is a pure
// function and fails closed: what is not explicitly allowed is hidden.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ledgercast/v1/transaction.pb.h"

namespace ledgercast {

// Returns whether `account` is one of `accounts`, which must be sorted.
bool IsAmong(const std::vector<std::string>& accounts, std::string_view account);

// Describes who reads transactions.
struct Viewer {
  // The reader's own accounts (sorted, unique).
  std::vector<std::string> accounts;
  // True if the reader sees every account, as an admin and the edge's relay do.
  bool sees_all = false;
};

// Says which transactions a reader asked for: all of them if `all` is set, otherwise those of
// `accounts` (sorted, unique). An empty filter matches nothing.
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

// Returns whether `viewer` may see one of the transaction's two accounts. To `viewer`, a
// transaction in which it takes no part does not exist.
bool TakesPart(const Viewer& viewer, const v1::Transaction& transaction);

// Returns the filter for a `viewer` that asks for `accounts`; no accounts means all that it may
// see. Returns PERMISSION_DENIED / NOT_ALLOWED if it asks for an account that is not its own or has
// no account, and INVALID_ARGUMENT above kMaxFilterAccounts.
absl::StatusOr<AccountFilter> EffectiveFilter(const Viewer& viewer,
                                              std::vector<std::string> accounts);

// Removes the fields that `viewer` may not see from a transaction that it may see: the hash, and
// the chain and balance of an account that is not its own.
void Redact(const Viewer& viewer, v1::Transaction* transaction);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_LEDGER_VISIBILITY_H_
