#ifndef SERVICES_COMMON_AUTH_OIDC_KEYS_H_
#define SERVICES_COMMON_AUTH_OIDC_KEYS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledgercast/v1/auth.pb.h"
#include "services/common/auth/oidc_claims.h"

namespace ledgercast {

// An OpenID provider as it is configured.
struct OidcOptions {
  OidcIssuer issuer;
  // Its key set (RFC 7517): a file or a URL. "" = where its discovery document says.
  std::string keys;
  // PEM of the CA of its certificate. "" = the system's.
  std::string ca_file;

  bool empty() const { return issuer.issuer.empty(); }
  // Returns INVALID_ARGUMENT, naming the first flag that is not valid, or OK.
  absl::Status Validate() const;
};

// Reads or downloads the provider's keys; blocks for some seconds at most. A URL must be https, or
// http to this machine, and redirections are not followed. UNAVAILABLE or INVALID_ARGUMENT says
// what was asked.
absl::StatusOr<std::vector<v1::JsonWebKey>> FetchOidcKeys(const OidcOptions& options);

// Returns the keys of a JWK set that are for signatures; INVALID_ARGUMENT if `json` is no such set.
absl::StatusOr<std::vector<v1::JsonWebKey>> ParseKeySet(const std::string& json);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_OIDC_KEYS_H_
