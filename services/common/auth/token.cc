#include "services/common/auth/token.h"

#include <sodium.h>

#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "services/common/auth/read_claims.h"
#include "services/common/auth/strict_json.h"
#include "services/common/auth/verified_signatures.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

// More than the number of sockets of one edge, which may all come back at once with their tokens.
// If it were less, each token would push out another that is about to be needed. A token takes 66
// bytes in each of two generations.
constexpr size_t kMaxRememberedTokens = 1 << 16;

constexpr size_t kIdBytes = 16;  // of `jti`

// Header parameters that would change how the token is read (RFC 7797, RFC 7516) or whose key
// verifies it. Other parameters are ignored, as RFC 7515 requires.
constexpr const char* kRefusedParameters[] = {"crit", "b64", "zip", "jwk", "jku", "x5u", "x5c"};

std::string_view TypOf(TokenKind kind) { return kind == TokenKind::kAccess ? "at+jwt" : "rt+jwt"; }

// Drops the `application/` of a media type, which RFC 7515 allows to leave out.
std::string_view WithoutPrefix(std::string_view typ) {
  constexpr std::string_view kPrefix = "application/";
  if (typ.substr(0, kPrefix.size()) == kPrefix) typ.remove_prefix(kPrefix.size());
  return typ;
}

bool IsOwnTyp(const Json& header, TokenKind kind) {
  const std::string* typ = FindString(header, "typ");
  return typ != nullptr && WithoutPrefix(*typ) == TypOf(kind);
}

// Returns whether the header can be that of a provider's access token. Not every provider gives
// these the `typ` of RFC 9068; the audience distinguishes them from its other tokens.
bool IsOidcTyp(const Json& header, TokenKind kind) {
  if (kind != TokenKind::kAccess) return false;
  const std::string* typ = FindString(header, "typ");
  return !header.contains("typ") || (typ != nullptr && *typ == "JWT") || IsOwnTyp(header, kind);
}

}  // namespace

struct TokenSigner::Key {
  PrivateKey key;
  std::string issuer;
  std::string audience;
};

TokenSigner::TokenSigner(std::unique_ptr<Key> key) : key_(std::move(key)) {}
TokenSigner::~TokenSigner() = default;
TokenSigner::TokenSigner(TokenSigner&&) noexcept = default;
TokenSigner& TokenSigner::operator=(TokenSigner&&) noexcept = default;

absl::StatusOr<TokenSigner> TokenSigner::FromPem(std::string_view pem, std::string issuer,
                                                 std::string audience) {
  // Before this call, libsodium's random generator must not be used from several threads.
  if (sodium_init() < 0) return absl::InternalError("libsodium has no random numbers");
  auto key = PrivateKey::FromPem(pem);
  if (!key.ok()) return key.status();
  return TokenSigner(
      std::make_unique<Key>(Key{*std::move(key), std::move(issuer), std::move(audience)}));
}

std::string TokenSigner::Sign(TokenKind kind, std::string_view subject, Role role,
                              absl::Time issued_at, absl::Time expires_at, int64_t generation,
                              const std::optional<TokenFamily>& family) const {
  std::string id(kIdBytes, '\0');
  randombytes_buf(id.data(), id.size());
  Json claims = {
      {"iss", key_->issuer},
      {"aud", key_->audience},
      {"sub", std::string(subject)},
      {"iat", absl::ToUnixSeconds(issued_at)},
      {"exp", absl::ToUnixSeconds(expires_at)},
      {"jti", EncodeBase64Url(id)},
      {"admin", role == Role::kAdmin},
      {"gen", generation},
  };
  if (family) {
    claims["fam"] = family->id;
    claims["num"] = family->number;
  }
  return key_->key.Sign(TypOf(kind), claims.dump(-1, ' ', false, Json::error_handler_t::replace));
}

v1::JsonWebKey TokenSigner::public_key() const { return key_->key.public_jwk(); }

struct TokenVerifier::State {
  struct Entry {
    PublicKey key;
    KeyOwner owner = KeyOwner::kOwn;
  };

  absl::Status Add(const v1::JsonWebKey& jwk, KeyOwner owner);
  absl::StatusOr<const Entry*> FindKey(const std::string& header_json, TokenKind kind) const;

  Options options;
  Clock clock;
  std::map<std::string, Entry> keys;  // by kid
  // Belongs to these keys: a verifier with other keys starts with an empty one.
  VerifiedSignatures good_signatures{kMaxRememberedTokens};
};

absl::Status TokenVerifier::State::Add(const v1::JsonWebKey& jwk, KeyOwner owner) {
  auto key = PublicKey::FromJwk(jwk);
  if (!key.ok()) return key.status();
  for (const auto& [kid, other] : keys) {
    if (kid == jwk.kid()) {
      return absl::InvalidArgumentError("key \"" + jwk.kid() + "\" is given twice");
    }
    // One key must not have two owners. Its holder could choose by `kid` for whom it speaks.
    if (other.key.jwk().x() == jwk.x() && other.key.jwk().n() == jwk.n() && other.owner != owner) {
      return absl::InvalidArgumentError("key \"" + jwk.kid() + "\" is also another's key");
    }
  }
  keys.emplace(jwk.kid(), Entry{*std::move(key), owner});
  return absl::OkStatus();
}

absl::StatusOr<const TokenVerifier::State::Entry*> TokenVerifier::State::FindKey(
    const std::string& header_json, TokenKind kind) const {
  const Json header = ParseStrictObject(header_json);
  if (header.is_discarded()) return TokenInvalid("its header cannot be read");
  for (const char* name : kRefusedParameters) {
    if (header.contains(name)) {
      return TokenInvalid(std::string("its header has the parameter ") + name);
    }
  }
  const std::string* kid = FindString(header, "kid");
  const auto found = kid == nullptr ? keys.end() : keys.find(*kid);
  if (found == keys.end()) return TokenInvalid("it is signed by an unknown key");
  const bool is_oidc = found->second.owner == KeyOwner::kOidc;
  if (!(is_oidc ? IsOidcTyp(header, kind) : IsOwnTyp(header, kind))) {
    return TokenInvalid("it is of another kind");
  }
  const std::string* alg = FindString(header, "alg");
  if (alg == nullptr || *alg != found->second.key.alg()) {
    return TokenInvalid("its algorithm is not that of its key");
  }
  return &found->second;
}

TokenVerifier::TokenVerifier(std::unique_ptr<State> state) : state_(std::move(state)) {}
TokenVerifier::~TokenVerifier() = default;

absl::StatusOr<std::shared_ptr<const TokenVerifier>> TokenVerifier::Create(Options options,
                                                                           const TokenKeys& keys,
                                                                           Clock clock) {
  if (options.issuer.empty() || options.audience.empty()) {
    return absl::InvalidArgumentError("tokens need an issuer and an audience");
  }
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  state->clock = std::move(clock);
  for (const v1::JsonWebKey& jwk : keys.own) {
    if (auto status = state->Add(jwk, KeyOwner::kOwn); !status.ok()) return status;
  }
  for (const v1::JsonWebKey& jwk : keys.relay) {
    if (auto status = state->Add(jwk, KeyOwner::kRelay); !status.ok()) return status;
  }
  // Keys that cannot be used are skipped, because a provider also has keys for other uses.
  for (const v1::JsonWebKey& jwk : keys.oidc) (void)state->Add(jwk, KeyOwner::kOidc);
  return std::shared_ptr<const TokenVerifier>(new TokenVerifier(std::move(state)));
}

absl::StatusOr<Identity> TokenVerifier::Verify(std::string_view token, TokenKind kind) const {
  if (token.empty()) {
    return MakeError(absl::StatusCode::kUnauthenticated, reason::kTokenMissing,
                     "a token is needed");
  }
  if (token.size() > kMaxTokenBytes) {
    return TokenInvalid("it is longer than " + std::to_string(kMaxTokenBytes) + " bytes");
  }
  CompactParts parts;
  if (!SplitCompact(token, &parts)) return TokenInvalid("it is no signed JWT");
  const auto entry = state_->FindKey(parts.header, kind);
  if (!entry.ok()) return entry.status();
  if (!state_->good_signatures.Contains(token)) {
    if (!(*entry)->key.Verifies(token)) return TokenInvalid("its signature is wrong");
    state_->good_signatures.Add(token);
  }
  return ReadClaims(parts.payload, (*entry)->owner, kind, state_->options, state_->clock());
}

std::optional<std::string> TokenVerifier::MissingKeyOf(std::string_view token) const {
  CompactParts parts;
  if (token.size() > kMaxTokenBytes || !SplitCompact(token, &parts)) return std::nullopt;
  const Json header = ParseStrictObject(parts.header);
  if (header.is_discarded()) return std::nullopt;
  const std::string* kid = FindString(header, "kid");
  if (kid == nullptr || kid->size() > kMaxKeyIdBytes || HasKey(*kid)) return std::nullopt;
  return *kid;
}

bool TokenVerifier::HasKey(const std::string& key_id) const {
  return state_->keys.count(key_id) != 0;
}

std::string_view BearerToken(std::string_view header) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view scheme = header.substr(0, kScheme.size());
  // The name of a scheme is case-insensitive (RFC 9110).
  if (!absl::EqualsIgnoreCase({scheme.data(), scheme.size()}, {kScheme.data(), kScheme.size()})) {
    return {};
  }
  header.remove_prefix(kScheme.size());
  while (!header.empty() && header.front() == ' ') header.remove_prefix(1);
  return header;
}

}  // namespace ledgercast
