#ifndef SERVICES_COMMON_AUTH_OIDC_KEYS_H_
#define SERVICES_COMMON_AUTH_OIDC_KEYS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledgercast/v1/auth.pb.h"
#include "services/common/auth/oidc_claims.h"

namespace ledgercast {

// The configuration of an OpenID provider.
struct OidcOptions {
  OidcIssuer issuer;
  // The provider's key set (RFC 7517), as a file or a URL. "" means the URL that its discovery
  // document names.
  std::string keys;
  // PEM file of the CA of the provider's certificate. "" means the CAs that the system trusts.
  std::string ca_file;

  bool empty() const { return issuer.issuer.empty(); }
  // Returns OK, or INVALID_ARGUMENT with the name of the first flag that is not valid.
  absl::Status Validate() const;
};

// Reads or downloads the provider's keys, which may block for some seconds. A URL must be https, or
// http to this machine, and redirections are not followed. The message of an error names the file
// or the URL.
absl::StatusOr<std::vector<v1::JsonWebKey>> FetchOidcKeys(const OidcOptions& options);

// Returns the keys of a JWK set that can be used for signatures. Returns INVALID_ARGUMENT if `json`
// is no such set or has no such key.
absl::StatusOr<std::vector<v1::JsonWebKey>> ParseKeySet(const std::string& json);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_OIDC_KEYS_H_
