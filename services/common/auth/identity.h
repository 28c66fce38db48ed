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

// The subject of the relay's tokens, and of nobody else's.
inline constexpr std::string_view kRelaySubject = "relay";

enum class Role {
  kMember,
  kAdmin,
  // The edge itself: reads everything in order to relay it, posts nothing.
  kRelay,
};

// The tokens that one sign-in led to. Each refresh token is good for the next one, which has the
// next number. See refresh_store.h of the service.
struct TokenFamily {
  // A UUID.
  std::string id;
  int64_t number = 0;
};

// Whom a verified token speaks for.
struct Identity {
  std::string subject;
  // Accounts that it acts for (sorted, unique). Our own tokens act for their subject alone, the
  // relay's for none. An OpenID provider may name others, so its subject need not be an account.
  std::vector<std::string> accounts;
  Role role = Role::kMember;
  // Time from which the token is not accepted: its `exp`, and for an OpenID provider's token the
  // leeway for its clock.
  absl::Time expires_at;
  // Generation of the subject's tokens; revoking them raises the lowest generation that is good.
  // nullopt for an OpenID provider's tokens, which end at their time or when the provider withdraws
  // their key.
  std::optional<int64_t> generation = 0;
  // The family that one of our own tokens belongs to. nullopt in all other tokens, and in those
  // that were signed before families existed.
  std::optional<TokenFamily> family = std::nullopt;
  // `jti`; "" where the token does not say.
  std::string token_id = "";
  // `iat`; the infinite future where the token does not say.
  absl::Time issued_at = absl::InfiniteFuture();

  bool is_admin() const { return role == Role::kAdmin; }
  Viewer viewer() const { return {accounts, role != Role::kMember}; }
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_IDENTITY_H_
