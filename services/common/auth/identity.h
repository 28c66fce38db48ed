#ifndef SERVICES_COMMON_AUTH_IDENTITY_H_
#define SERVICES_COMMON_AUTH_IDENTITY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "services/common/ledger/visibility.h"

namespace ledgercast {

// The subject of the relay's tokens. No other token may have it.
inline constexpr std::string_view kRelaySubject = "relay";

enum class Role {
  kMember,
  kAdmin,
  // The edge itself. It reads everything in order to relay it, and it posts nothing.
  kRelay,
};

// Names a token's family, which is all tokens that one sign-in led to, and its place in it. Each
// refresh token can be exchanged once for the next one, whose number is one higher. See
// refresh_store.h of the service.
struct TokenFamily {
  // The id of the family, a UUID.
  std::string id;
  int64_t number = 0;
};

// Describes whom a verified token speaks for.
struct Identity {
  std::string subject;
  // The accounts that the token acts for (sorted, unique). Our own tokens act for their subject
  // alone, and the relay's token for no account. An OpenID provider may name other accounts than
  // its subject, which need not be an account.
  std::vector<std::string> accounts;
  Role role = Role::kMember;
  // Time from which the token is refused. That is its `exp`, plus the leeway for the clock of an
  // OpenID provider if the token is from one.
  absl::Time expires_at;
  // Generation of the token. To revoke an account's tokens raises the lowest generation that is
  // accepted. It is nullopt for an OpenID provider's tokens, which are valid until they expire or
  // the provider withdraws their key.
  std::optional<int64_t> generation = 0;
  // The family of one of our own tokens. It is nullopt in all other tokens, and in tokens that were
  // signed before families existed.
  std::optional<TokenFamily> family = std::nullopt;
  // The claim `jti`; "" if the token has none.
  std::string token_id = "";
  // The claim `iat`; the infinite future if the token has none.
  absl::Time issued_at = absl::InfiniteFuture();

  bool is_admin() const { return role == Role::kAdmin; }
  Viewer viewer() const { return {accounts, role != Role::kMember}; }
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_IDENTITY_H_
