#ifndef SERVICES_TRANSACTION_API_VALIDATE_H_
#define SERVICES_TRANSACTION_API_VALIDATE_H_

// Checks everything that needs only the request. Returns INVALID_ARGUMENT / INVALID_FIELD that
// names each wrong field. Rules that depend on the ledger are decided in posting.

#include <string_view>

#include "absl/status/statusor.h"
#include "ledgercast/v1/account.pb.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/transaction/store.h"

namespace ledgercast {

inline constexpr int kMaxPageSize = 1'000;
inline constexpr int kDefaultPageSize = 100;

// Checks the request and brings `id` into its canonical form.
absl::Status ValidateCreateTransaction(v1::CreateTransactionRequest* request);
// Checks the request and brings both of its ids into their canonical form.
absl::Status ValidateReverseTransaction(v1::ReverseTransactionRequest* request);
absl::Status ValidateCreateAccount(const v1::CreateAccountRequest& request);
// Returns the changes that `request` names by its mask. Without a mask these are the fields that
// are set in its account (AIP-134).
absl::StatusOr<AccountChanges> ReadAccountChanges(const v1::UpdateAccountRequest& request);
bool IsAccountName(std::string_view name);

// Reads a page size: 0 becomes kDefaultPageSize, a value above kMaxPageSize becomes that, and a
// negative one is INVALID_FIELD (AIP-158).
absl::Status ResolvePageSize(int requested, int64_t* page_size);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_VALIDATE_H_
