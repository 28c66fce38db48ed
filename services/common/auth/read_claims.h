#ifndef SERVICES_COMMON_AUTH_READ_CLAIMS_H_
#define SERVICES_COMMON_AUTH_READ_CLAIMS_H_

// Reads the claims of a token whose signature is known to be good. The key decides which rules hold
// for them, never the token.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/common/auth/token.h"

namespace ledgercast {

// Whose key signed a token; see TokenKeys.
enum class KeyOwner { kOwn, kRelay, kOidc };

// Makes UNAUTHENTICATED / TOKEN_INVALID. `why` is shown to whoever sent the token, and holds
// nothing of it.
absl::Status TokenInvalid(std::string_view why);

// Reads `payload`, the JSON of the claims. TOKEN_INVALID or TOKEN_EXPIRED.
absl::StatusOr<Identity> ReadClaims(const std::string& payload, KeyOwner owner, TokenKind kind,
                                    const TokenVerifier::Options& options, absl::Time now);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_READ_CLAIMS_H_
