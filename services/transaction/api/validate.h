#ifndef SERVICES_TRANSACTION_API_VALIDATE_H_
#define SERVICES_TRANSACTION_API_VALIDATE_H_

// Checks what needs nothing but the request: INVALID_ARGUMENT / INVALID_FIELD naming each field
// that is wrong. What depends on the ledger is decided in posting.

#include <string_view>

#include "absl/status/statusor.h"
#include "ledgercast/v1/account.pb.h"
#include "ledgercast/v1/transaction.pb.h"
#include "services/transaction/store.h"

namespace ledgercast {

inline constexpr int kMaxPageSize = 1'000;
inline constexpr int kDefaultPageSize = 100;

// Also brings `id` into its canonical form.
absl::Status ValidateCreateTransaction(v1::CreateTransactionRequest* request);
// Also brings both of its ids into their canonical form.
absl::Status ValidateReverseTransaction(v1::ReverseTransactionRequest* request);
absl::Status ValidateCreateAccount(const v1::CreateAccountRequest& request);
// Reads what `request` changes, by its mask; without a mask what is set in its account (AIP-134).
absl::StatusOr<AccountChanges> ReadAccountChanges(const v1::UpdateAccountRequest& request);
bool IsAccountName(std::string_view name);

// Resolves a page size: 0 → the default, above the most → the most, negative → INVALID_FIELD
// (AIP-158).
absl::Status ResolvePageSize(int requested, int64_t* page_size);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_VALIDATE_H_
