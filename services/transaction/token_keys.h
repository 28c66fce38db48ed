#ifndef SERVICES_TRANSACTION_TOKEN_KEYS_H_
#define SERVICES_TRANSACTION_TOKEN_KEYS_H_

// Loads the keys of tokens from the files that the options name.

#include <memory>

#include "absl/status/statusor.h"
#include "services/common/auth/keys.h"
#include "services/common/auth/token.h"
#include "services/transaction/options.h"

namespace ledgercast {

absl::StatusOr<TokenSigner> LoadSigner(const TransactionOptions& options);

// Starts the source of public keys: those of `signer`, of the relays and, if there is one, of the
// OpenID provider.
absl::StatusOr<std::unique_ptr<Keys>> StartKeys(const TransactionOptions& options,
                                                const TokenSigner& signer);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_TOKEN_KEYS_H_
