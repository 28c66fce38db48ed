#ifndef SERVICES_COMMON_AUTH_OIDC_FLAGS_H_
#define SERVICES_COMMON_AUTH_OIDC_FLAGS_H_

#include "services/common/auth/oidc_keys.h"
#include "services/common/base/flag_set.h"

namespace ledgercast {

// Adds the flags of an OpenID provider. They are the same for both programs, because a user whom
// one program lets in must be known to the other.
inline void AddOidcFlags(FlagSet* flags, OidcOptions* options) {
  flags->Group("OpenID provider");
  flags->Add("oidc-issuer", &options->issuer.issuer,
             "`iss` of access tokens that are accepted besides the service's own; empty: none");
  flags->Add("oidc-audience", &options->issuer.audience, "`aud` that these tokens must have");
  flags->Add("oidc-keys", &options->keys,
             "file or URL of the provider's JWK set; empty: as its discovery document says");
  flags->Add("oidc-ca-file", &options->ca_file,
             "CA (PEM) of the provider's certificate; empty: the CAs that the system trusts");
  flags->Add("oidc-subject-claim", &options->issuer.subject_claim,
             "claim that names the person or program; a JSON pointer if it begins with /");
  flags->Add("oidc-accounts-claim", &options->issuer.accounts_claim,
             "claim that names the account or accounts it acts for; empty: the subject");
  flags->Add("oidc-admin-claim", &options->issuer.admin_claim,
             "claim that says who is an admin: true, or one of --oidc-admin-values");
  flags->AddList("oidc-admin-values", &options->issuer.admin_values,
                 "values of that claim, or of its elements, that make somebody an admin");
  flags->AddSeconds("token-leeway-seconds", &options->issuer.leeway,
                    "how far the provider's clock may be off: its tokens are accepted this long "
                    "after their exp and before their nbf");
}

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_OIDC_FLAGS_H_
