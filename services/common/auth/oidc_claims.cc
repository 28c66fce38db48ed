#include "services/common/auth/oidc_claims.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "services/common/ledger/visibility.h"

namespace ledgercast {
namespace {

bool IsPointer(const std::string& claim) { return claim.front() == '/'; }

// Returns whether `claim` is a name or a JSON pointer, in which 0 or 1 must follow a `~` (RFC
// 6901).
bool IsClaim(const std::string& claim) {
  if (claim.empty()) return false;
  if (!IsPointer(claim)) return true;
  for (size_t i = claim.find('~'); i != std::string::npos; i = claim.find('~', i + 1)) {
    if (i + 1 == claim.size() || (claim[i + 1] != '0' && claim[i + 1] != '1')) return false;
  }
  return true;
}

}  // namespace

absl::Status OidcIssuer::Validate() const {
  std::vector<std::string> claims = {subject_claim, admin_claim};
  if (!accounts_claim.empty()) claims.push_back(accounts_claim);
  for (const std::string& claim : claims) {
    if (!IsClaim(claim)) {
      return absl::InvalidArgumentError(
          "\"" + claim + "\" is neither a claim's name nor a JSON pointer as /realm_access/roles");
    }
  }
  return absl::OkStatus();
}

const Json* FindClaim(const Json& claims, const std::string& claim) {
  if (!IsPointer(claim)) {
    const auto found = claims.find(claim);
    return found == claims.end() ? nullptr : &*found;
  }
  const Json::json_pointer pointer(claim);
  return claims.contains(pointer) ? &claims.at(pointer) : nullptr;
}

std::vector<std::string> FindAccounts(const Json& claims, const OidcIssuer& issuer) {
  const bool by_subject = issuer.accounts_claim.empty();
  const Json* claim = FindClaim(claims, by_subject ? issuer.subject_claim : issuer.accounts_claim);
  if (claim == nullptr) return {};
  const Json list = claim->is_array() && !by_subject ? *claim : Json::array({*claim});
  if (list.size() > kMaxFilterAccounts) return {};
  std::vector<std::string> accounts;
  for (const Json& account : list) {
    const auto* name = account.get_ptr<const std::string*>();
    if (name == nullptr || name->empty() || HasControlCharacter(*name)) return {};
    accounts.push_back(*name);
  }
  return AccountFilter::Of(std::move(accounts)).accounts;
}

bool SaysAdmin(const Json& claims, const OidcIssuer& issuer) {
  const auto is_admin_value = [&issuer](const Json& value) {
    const auto* text = value.get_ptr<const std::string*>();
    return text != nullptr && std::find(issuer.admin_values.begin(), issuer.admin_values.end(),
                                        *text) != issuer.admin_values.end();
  };
  const Json* claim = FindClaim(claims, issuer.admin_claim);
  if (claim == nullptr) return false;
  if (claim->is_boolean()) return claim->get<bool>();
  if (claim->is_array()) return std::any_of(claim->begin(), claim->end(), is_admin_value);
  return is_admin_value(*claim);
}

}  // namespace ledgercast
