#ifndef SERVICES_COMMON_READ_CLAIMS_H_
#define SERVICES_COMMON_READ_CLAIMS_H_

// What the claims of a token say, once its signature is known to be good. Which rules hold for
// them is for the key to say and never for the token.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/common/token.h"

namespace ledgercast {

// Whose key signed a token; see TokenKeys.
enum class KeyOwner { kOwn, kRelay, kOidc };

// UNAUTHENTICATED / TOKEN_INVALID. `why` is shown to whoever sent the token, and holds nothing of
// it.
absl::Status TokenInvalid(std::string_view why);

// `payload` is the JSON of the claims. TOKEN_INVALID or TOKEN_EXPIRED.
absl::StatusOr<Identity> ReadClaims(const std::string& payload, KeyOwner owner, TokenKind kind,
                                    const TokenVerifier::Options& options, absl::Time now);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_READ_CLAIMS_H_
