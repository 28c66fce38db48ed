#include "services/transaction/api/token_families.h"

#include <sodium.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <utility>

#include "services/common/auth/management.h"
#include "services/common/auth/read_claims.h"
#include "services/common/base/log.h"
#include "services/common/base/proto_time.h"
#include "services/common/base/sha256.h"

namespace ledgercast {
namespace {

constexpr size_t kIdBytes = 16;

// Returns 16 bytes in the form of a UUID.
std::string FormatId(const unsigned char* bytes) {
  std::array<char, 2 * kIdBytes + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), bytes, kIdBytes);
  std::string text;
  for (size_t i = 0; i < 2 * kIdBytes; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) text.push_back('-');
    text.push_back(hex[i]);
  }
  return text;
}

std::string MakeFamilyId() {
  std::array<unsigned char, kIdBytes> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  return FormatId(bytes.data());
}

// Returns the family for a token that was signed before families existed. It is always the same
// one, on every replica.
std::string FamilyIdOfLegacy(const Identity& identity) {
  const std::string text = identity.subject + '\n' + identity.token_id;
  return FormatId(Sha256Of(text).data());
}

void LogReuse(const RefreshUse& use, const RefreshResult& result, const std::string& client) {
  LogEvent(spdlog::level::warn, "a used refresh token was shown again, so its family is ended",
           {{"subject", use.account},
            {"family", use.family},
            {"number", use.number},
            {"newest_number", result.number},
            {"client", client}});
}

}  // namespace

absl::Status TokenFamilies::Begin(const Credentials& credentials,
                                  v1::IssueTokenResponse* response) {
  const TokenFamily family{MakeFamilyId(), 1};
  const absl::Status begun =
      deps_.store->BeginFamily(family.id, credentials.account.name(), options_.refresh_lifetime,
                               options_.max_families_per_account);
  if (!begun.ok()) return begun;
  Sign(credentials, family, response);
  return absl::OkStatus();
}

absl::Status TokenFamilies::Continue(const std::string& refresh_token, const std::string& client,
                                     v1::RefreshTokenResponse* response) {
  const auto identity = deps_.verifier->VerifyRefreshToken(refresh_token);
  if (!identity.ok()) return identity.status();
  // The credentials are read again. So a changed department counts, a removed password, and a
  // revocation at this moment.
  const auto credentials = deps_.store->GetCredentials(identity->subject);
  if (absl::IsNotFound(credentials.status()) ||
      (credentials.ok() && credentials->password_hash.empty())) {
    return MakeError(absl::StatusCode::kUnauthenticated, reason::kTokenInvalid,
                     "the account can no longer sign in");
  }
  if (!credentials.ok()) return credentials.status();
  // A token of a later generation was issued before a backup was restored.
  if (identity->generation != credentials->token_generation) return TokenRevoked();
  TokenFamily family;
  if (absl::Status used = Use(*identity, client, &family); !used.ok()) return used;
  Sign(*credentials, family, response);
  return absl::OkStatus();
}

absl::Status TokenFamilies::Use(const Identity& identity, const std::string& client,
                                TokenFamily* family) {
  RefreshUse use;
  use.account = identity.subject;
  use.is_legacy = !identity.family.has_value();
  if (use.is_legacy && identity.token_id.empty()) return TokenInvalid("it is of no family");
  use.family = use.is_legacy ? FamilyIdOfLegacy(identity) : identity.family->id;
  use.number = use.is_legacy ? 0 : identity.family->number;
  use.lifetime = options_.refresh_lifetime;
  use.grace = options_.grace;
  const auto result = deps_.store->UseRefreshToken(use);
  if (!result.ok()) return result.status();
  ++counts_[static_cast<size_t>(result->outcome)];
  switch (result->outcome) {
    case RefreshOutcome::kRotated:
    case RefreshOutcome::kRepeated:
      *family = {use.family, result->number};
      return absl::OkStatus();
    case RefreshOutcome::kReused:
      deps_.revocations->AddFamily(use.family);
      LogReuse(use, *result, client);
      return TokenRevoked();
    case RefreshOutcome::kEnded:
      return TokenRevoked();
  }
  return absl::InternalError("unknown outcome of a refresh token");
}

template <typename Response>
void TokenFamilies::Sign(const Credentials& credentials, const TokenFamily& family,
                         Response* response) {
  const v1::Account& account = credentials.account;
  const absl::Time now = deps_.clock();
  const Role role = account.department() == kManagement ? Role::kAdmin : Role::kMember;
  const auto sign = [&](TokenKind kind, absl::Time until) {
    return deps_.signer->Sign(kind, account.name(), role, now, until, credentials.token_generation,
                              family);
  };
  const absl::Time access_until = now + options_.access_lifetime;
  response->set_access_token(sign(TokenKind::kAccess, access_until));
  response->set_refresh_token(sign(TokenKind::kRefresh, now + options_.refresh_lifetime));
  *response->mutable_expires_at() = ToProto(access_until);
}

TokenFamilies::Counts TokenFamilies::counts() const {
  Counts counts;
  std::copy(counts_.begin(), counts_.end(), counts.begin());
  return counts;
}

}  // namespace ledgercast
