#include "services/common/auth/read_claims.h"

#include "services/common/auth/strict_json.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

constexpr size_t kMaxSubjectBytes = 256;

bool NamesAudience(const Json& claims, const std::string& audience) {
  const auto found = claims.find("aud");
  if (found == claims.end()) return false;
  if (found->is_string()) return *found == audience;
  if (!found->is_array()) return false;
  for (const Json& entry : *found) {
    if (entry == audience) return true;
  }
  return false;
}

absl::Status CheckAddress(const Json& claims, const std::string& issuer,
                          const std::string& audience) {
  const std::string* named = FindString(claims, "iss");
  if (named == nullptr || *named != issuer) return TokenInvalid("it is of another issuer");
  if (!NamesAudience(claims, audience)) return TokenInvalid("it is for another audience");
  return absl::OkStatus();
}

absl::Status ReadSubject(const Json& claims, const std::string& claim, Identity* identity) {
  const Json* subject = FindClaim(claims, claim);
  const auto* name = subject == nullptr ? nullptr : subject->get_ptr<const std::string*>();
  if (name == nullptr || name->empty() || name->size() > kMaxSubjectBytes) {
    return TokenInvalid("it has no subject");
  }
  if (HasControlCharacter(*name)) return TokenInvalid("its subject has a control character");
  identity->subject = *name;
  return absl::OkStatus();
}

bool IsUuid(const std::string& text) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != kForm.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (kForm[i] == '-' ? text[i] != '-' : !is_hex) return false;
  }
  return true;
}

absl::Status ReadFamily(const Json& claims, Identity* identity) {
  if (const std::string* id = FindString(claims, "jti")) identity->token_id = *id;
  if (!claims.contains("fam")) return absl::OkStatus();
  const std::string* family = FindString(claims, "fam");
  int64_t number = 0;
  if (family == nullptr || !IsUuid(*family) || !FindCount(claims, "num", &number)) {
    return TokenInvalid("its claims fam and num are no place in a family");
  }
  identity->family = TokenFamily{*family, number};
  return absl::OkStatus();
}

absl::Status SetClientRole(bool is_admin, Identity* identity) {
  if (identity->subject == kRelaySubject)
    return TokenInvalid("its key does not speak for the relay");
  identity->role = is_admin ? Role::kAdmin : Role::kMember;
  return absl::OkStatus();
}

absl::Status ReadOwnClaims(const Json& claims, KeyOwner owner, TokenKind kind,
                           const TokenVerifier::Options& options, Identity* identity) {
  absl::Status status = CheckAddress(claims, options.issuer, options.audience);
  if (status.ok()) status = ReadSubject(claims, "sub", identity);
  if (status.ok()) status = ReadFamily(claims, identity);
  if (!status.ok()) return status;
  const auto admin = claims.find("admin");
  if (admin != claims.end() && !admin->is_boolean()) {
    return TokenInvalid("its claim admin is no boolean");
  }
  const bool is_admin = admin != claims.end() && admin->get<bool>();
  if (claims.contains("gen") && !FindCount(claims, "gen", &*identity->generation)) {
    return TokenInvalid("its claim gen is no generation");
  }
  if (owner != KeyOwner::kRelay) {
    identity->accounts = {identity->subject};
    return SetClientRole(is_admin, identity);
  }
  if (identity->subject != kRelaySubject || is_admin || kind != TokenKind::kAccess) {
    return TokenInvalid("the relay's key speaks for the relay only");
  }
  identity->role = Role::kRelay;
  return absl::OkStatus();
}

absl::Status ReadOidcClaims(const Json& claims, const OidcIssuer& oidc, Identity* identity) {
  absl::Status status = CheckAddress(claims, oidc.issuer, oidc.audience);
  if (status.ok()) status = ReadSubject(claims, oidc.subject_claim, identity);
  if (status.ok()) status = SetClientRole(SaysAdmin(claims, oidc), identity);
  if (!status.ok()) return status;
  identity->generation.reset();
  identity->accounts = FindAccounts(claims, oidc);
  if (identity->accounts.empty() && !identity->is_admin()) {
    return TokenInvalid("its claim " + oidc.accounts_claim + " names no accounts");
  }
  return absl::OkStatus();
}

absl::Status ReadTimes(const Json& claims, absl::Duration leeway, absl::Time now,
                       Identity* identity) {
  if (claims.contains("iat") && !FindTime(claims, "iat", &identity->issued_at)) {
    return TokenInvalid("its claim iat is no time");
  }
  if (!FindTime(claims, "exp", &identity->expires_at)) return TokenInvalid("it has no end");
  identity->expires_at += leeway;
  absl::Time not_before;
  if (claims.contains("nbf") &&
      (!FindTime(claims, "nbf", &not_before) || now + leeway < not_before)) {
    return TokenInvalid("it is not valid yet");
  }
  if (now >= identity->expires_at) {
    return MakeError(absl::StatusCode::kUnauthenticated, reason::kTokenExpired,
                     "the token has expired");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status TokenInvalid(std::string_view why) {
  return MakeError(absl::StatusCode::kUnauthenticated, reason::kTokenInvalid,
                   "the token is not valid: " + std::string(why));
}

absl::StatusOr<Identity> ReadClaims(const std::string& payload, KeyOwner owner, TokenKind kind,
                                    const TokenVerifier::Options& options, absl::Time now) {
  const Json claims = ParseStrictObject(payload);
  if (claims.is_discarded()) return TokenInvalid("its claims cannot be read");
  Identity identity;
  absl::Status status = owner == KeyOwner::kOidc
                            ? ReadOidcClaims(claims, options.oidc, &identity)
                            : ReadOwnClaims(claims, owner, kind, options, &identity);
  const absl::Duration leeway =
      owner == KeyOwner::kOidc ? options.oidc.leeway : absl::ZeroDuration();
  if (status.ok()) status = ReadTimes(claims, leeway, now, &identity);
  if (!status.ok()) return status;
  return identity;
}

}  // namespace ledgercast
