#ifndef SERVICES_TRANSACTION_API_CALLER_VERIFIER_H_
#define SERVICES_TRANSACTION_API_CALLER_VERIFIER_H_

#include <memory>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "services/common/token.h"
#include "services/transaction/api/revocations.h"

namespace ledgercast {

// Says who calls: whom the token speaks for, unless it was revoked since it was signed.
// Thread-safe.
class CallerVerifier {
 public:
  // `revocations` must outlive this.
  CallerVerifier(std::shared_ptr<const TokenVerifier> tokens, const Revocations* revocations)
      : tokens_(std::move(tokens)), revocations_(revocations) {}

  // As TokenVerifier::Verify() of an access token; TOKEN_INVALID if it was revoked.
  absl::StatusOr<Identity> Verify(std::string_view token) const {
    auto identity = tokens_->Verify(token, TokenKind::kAccess);
    if (identity.ok() && revocations_->Contains(*identity)) return TokenRevoked();
    return identity;
  }

  // Without asking for revocations.
  const TokenVerifier& tokens() const { return *tokens_; }

 private:
  const std::shared_ptr<const TokenVerifier> tokens_;
  const Revocations* const revocations_;
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_CALLER_VERIFIER_H_
