#ifndef SERVICES_TRANSACTION_TOKEN_KEYS_H_
#define SERVICES_TRANSACTION_TOKEN_KEYS_H_

// The keys of tokens, from the files that the options name.

#include <memory>

#include "absl/status/statusor.h"
#include "services/common/token.h"
#include "services/transaction/options.h"

namespace ledgercast {

absl::StatusOr<TokenSigner> LoadSigner(const TransactionOptions& options);

// Verifies the tokens of `signer` and of the relays.
absl::StatusOr<std::shared_ptr<const TokenVerifier>> MakeVerifier(const TransactionOptions& options,
                                                                  const TokenSigner& signer);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_TOKEN_KEYS_H_
