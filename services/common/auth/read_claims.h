#ifndef SERVICES_COMMON_AUTH_READ_CLAIMS_H_
#define SERVICES_COMMON_AUTH_READ_CLAIMS_H_

// Reads the claims of a token whose signature was verified. The owner of the key decides which
// rules the claims must follow; the token never does.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/common/auth/token.h"

namespace ledgercast {

// Says whose key signed a token; see TokenKeys.
enum class KeyOwner { kOwn, kRelay, kOidc };

// Makes UNAUTHENTICATED / TOKEN_INVALID. `why` is shown to the sender of the token and must not
// contain any part of it.
absl::Status TokenInvalid(std::string_view why);

// Reads `payload`, the JSON of the claims. Returns TOKEN_INVALID or TOKEN_EXPIRED if they are not
// acceptable at `now`.
absl::StatusOr<Identity> ReadClaims(const std::string& payload, KeyOwner owner, TokenKind kind,
                                    const TokenVerifier::Options& options, absl::Time now);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_READ_CLAIMS_H_
