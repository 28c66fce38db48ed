#ifndef SERVICES_COMMON_AUTH_OIDC_CLAIMS_H_
#define SERVICES_COMMON_AUTH_OIDC_CLAIMS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/common/auth/strict_json.h"

namespace ledgercast {

// An OpenID provider whose access tokens are good here beside our own, and the claims in which they
// say what ours say. A claim is given by its name or, if it begins with `/`, as a JSON pointer (RFC
// 6901): `/realm_access/roles`.
struct OidcIssuer {
  // `iss`; "" = there is no provider.
  std::string issuer;
  // What `aud` must be or hold.
  std::string audience;
  // The claim that says who it is, a string. It names the account as well unless `accounts_claim`
  // is set.
  std::string subject_claim = "sub";
  // The claim that names the accounts it acts for: a string, or a list of at most
  // kMaxFilterAccounts; "" = the subject. Only an admin's token may be without.
  std::string accounts_claim;
  // The claim that says it is an admin's: true, or one of `admin_values`, alone or in a list.
  std::string admin_claim = "admin";
  std::vector<std::string> admin_values;
  // The provider's clock and ours may differ by this much: its tokens are good that much before
  // their `nbf` and after their `exp`.
  absl::Duration leeway = absl::Seconds(30);

  // Returns INVALID_ARGUMENT, saying which claim cannot be one, or OK.
  absl::Status Validate() const;
};

// Finds a claim, given as in OidcIssuer; nullptr if it is not there.
const Json* FindClaim(const Json& claims, const std::string& claim);

// Finds the accounts that a token acts for, sorted and unique. Empty if the claim is missing or is
// not as it must be.
std::vector<std::string> FindAccounts(const Json& claims, const OidcIssuer& issuer);

// Returns whether a token is an admin's. False if the claim is missing or of another type than
// expected.
bool SaysAdmin(const Json& claims, const OidcIssuer& issuer);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_OIDC_CLAIMS_H_
