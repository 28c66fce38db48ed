#ifndef SERVICES_COMMON_AUTH_OIDC_CLAIMS_H_
#define SERVICES_COMMON_AUTH_OIDC_CLAIMS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/common/auth/strict_json.h"

namespace ledgercast {

// Describes an OpenID provider whose access tokens are accepted beside our own, and the claims that
// correspond to ours. A claim is given by its name or, if it begins with `/`, as a JSON pointer
// (RFC 6901): `/realm_access/roles`.
struct OidcIssuer {
  // The value of `iss`; "" means that there is no provider.
  std::string issuer;
  // The value that `aud` must be or contain.
  std::string audience;
  // The claim that says who the user is, as a string. It also names the account unless
  // `accounts_claim` is set.
  std::string subject_claim = "sub";
  // The claim that names the accounts that the token acts for: a string, or a list of at most
  // kMaxFilterAccounts. "" means that the subject is the account. Only an admin's token may lack
  // this claim.
  std::string accounts_claim;
  // The claim that marks an admin's token. It is true, or one of `admin_values`, or a list that
  // contains one of these.
  std::string admin_claim = "admin";
  std::vector<std::string> admin_values;
  // How much the provider's clock and ours may differ. Its tokens are accepted this much before
  // their `nbf` and after their `exp`.
  absl::Duration leeway = absl::Seconds(30);

  // Returns OK, or INVALID_ARGUMENT with a message that says which claim is malformed.
  absl::Status Validate() const;
};

// Returns a claim, which is given as in OidcIssuer; nullptr if it is not there.
const Json* FindClaim(const Json& claims, const std::string& claim);

// Returns the accounts that a token acts for, sorted and unique. Returns none if the claim is
// missing or malformed.
std::vector<std::string> FindAccounts(const Json& claims, const OidcIssuer& issuer);

// Returns whether a token is an admin's. Returns false if the claim is missing or has the wrong
// type.
bool SaysAdmin(const Json& claims, const OidcIssuer& issuer);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_OIDC_CLAIMS_H_
