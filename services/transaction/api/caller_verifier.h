#ifndef SERVICES_TRANSACTION_API_CALLER_VERIFIER_H_
#define SERVICES_TRANSACTION_API_CALLER_VERIFIER_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "services/common/auth/keys.h"
#include "services/common/auth/token.h"
#include "services/transaction/api/revocations.h"

namespace ledgercast {

// Finds out who calls. The caller is the one that the token speaks for, unless the token was
// revoked since it was signed. Thread-safe.
class CallerVerifier {
 public:
  // Both must outlive this object. `keys` must have a verifier from the start.
  CallerVerifier(KeySource* keys, const Revocations* revocations)
      : keys_(keys), revocations_(revocations) {}

  // Verifies an access token as TokenVerifier::Verify() does. Returns TOKEN_INVALID if it was
  // revoked.
  absl::StatusOr<Identity> Verify(std::string_view token) const {
    const auto tokens = keys_->verifier();
    auto identity = tokens->Verify(token, TokenKind::kAccess);
    if (identity.ok() && revocations_->Contains(*identity)) return TokenRevoked();
    // An unknown key is fetched for the next call; this one fails. That is rare, because a provider
    // publishes a new key before it signs with it.
    if (identity.ok()) return identity;
    if (const auto key_id = tokens->MissingKeyOf(token)) keys_->Refetch(*key_id, [] {});
    return identity;
  }

  // Verifies a refresh token, without checking revocations.
  absl::StatusOr<Identity> VerifyRefreshToken(std::string_view token) const {
    return keys_->verifier()->Verify(token, TokenKind::kRefresh);
  }

 private:
  KeySource* const keys_;
  const Revocations* const revocations_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_CALLER_VERIFIER_H_
