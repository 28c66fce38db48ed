#ifndef SERVICES_COMMON_OIDC_CLAIMS_H_
#define SERVICES_COMMON_OIDC_CLAIMS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/common/strict_json.h"

namespace ledgercast {

// An OpenID provider whose access tokens are good here beside our own, and where these say what
// ours say. A claim is its name, or from `/` on a JSON pointer (RFC 6901) into the claims:
// `/realm_access/roles`.
struct OidcIssuer {
  // `iss`; "" = there is none.
  std::string issuer;
  // One of `aud`.
  std::string audience;
  // A string: who it is, and which account it acts for unless `accounts_claim` is set.
  std::string subject_claim = "sub";
  // The accounts that it acts for: a string, or a list of at most kMaxFilterAccounts; "" = the
  // subject's. Only an admin's token may be without.
  std::string accounts_claim;
  // Says that it is an admin's: true, or one of `admin_values`, alone or in a list.
  std::string admin_claim = "admin";
  std::vector<std::string> admin_values;
  // The provider's clock and ours may differ by this much: its tokens are good that much before
  // their `nbf` and after their `exp`.
  absl::Duration leeway = absl::Seconds(30);

  // INVALID_ARGUMENT that says which claim cannot be one.
  absl::Status Validate() const;
};

// nullptr unless it is there. `claim` as above.
const Json* FindClaim(const Json& claims, const std::string& claim);

// As OidcIssuer says, sorted and unique. Nothing where the claim is missing or is not as it must
// be.
std::vector<std::string> FindAccounts(const Json& claims, const OidcIssuer& issuer);

// False for what is missing, and for what is of another type than expected.
bool SaysAdmin(const Json& claims, const OidcIssuer& issuer);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_OIDC_CLAIMS_H_
