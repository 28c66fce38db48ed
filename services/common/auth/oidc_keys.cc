#include "services/common/auth/oidc_keys.h"

#include <httplib.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/common/auth/json_web_key.h"
#include "services/common/auth/strict_json.h"
#include "services/common/base/errors.h"
#include "services/common/base/program.h"
#include "services/common/base/setting_rules.h"

namespace ledgercast {
namespace {

constexpr size_t kMaxDocumentBytes = 1 << 20;
constexpr int kConnectTimeoutSeconds = 2;
constexpr int kReadTimeoutSeconds = 3;
constexpr absl::Duration kLongestLeeway = absl::Minutes(10);
constexpr char kDiscoveryPath[] = "/.well-known/openid-configuration";

bool IsUrl(const std::string& text) { return text.find("://") != std::string::npos; }

struct Url {
  // The part before the path: scheme://host[:port].
  std::string origin;
  std::string path;
};

Url Split(const std::string& text) {
  const size_t path = text.find('/', text.find("://") + 3);
  if (path == std::string::npos) return {text, "/"};
  return {text.substr(0, path), text.substr(path)};
}

// Accepts https, and http to this machine only. Keys that somebody in between could change would
// protect nothing.
absl::Status CheckUrl(const std::string& text) {
  const std::string origin = Split(text).origin;
  if (origin.starts_with("https://") && origin.size() > 8) return absl::OkStatus();
  for (const std::string host : {"http://localhost", "http://127.0.0.1", "http://[::1]"}) {
    if (origin == host || origin.starts_with(host + ":")) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\" is not https:// (http:// is for this machine only)"));
}

absl::StatusOr<std::string> Download(const std::string& text, const std::string& ca_file) {
  if (const absl::Status status = CheckUrl(text); !status.ok()) return status;
  const Url url = Split(text);
  httplib::Client client(url.origin);
  client.set_connection_timeout(kConnectTimeoutSeconds);
  client.set_read_timeout(kReadTimeoutSeconds);
  if (!ca_file.empty()) client.set_ca_cert_path(ca_file);
  std::string body;
  const auto result = client.Get(url.path, [&body](const char* data, size_t size) {
    body.append(data, size);
    return body.size() <= kMaxDocumentBytes;
  });
  if (body.size() > kMaxDocumentBytes) {
    return absl::UnavailableError(text + " answered more than " +
                                  std::to_string(kMaxDocumentBytes >> 20) + " MiB");
  }
  if (!result) return absl::UnavailableError(text + ": " + httplib::to_string(result.error()));
  if (result->status != 200) {
    return absl::UnavailableError(text + " answered " + std::to_string(result->status));
  }
  return body;
}

// Returns where the key set is, from the discovery document (OpenID Connect Discovery 1.0, section
// 4).
absl::StatusOr<std::string> DiscoverKeySet(const OidcOptions& options) {
  std::string url = options.issuer.issuer;
  if (url.ends_with('/')) url.pop_back();
  url += kDiscoveryPath;
  const auto document = Download(url, options.ca_file);
  if (!document.ok()) return document.status();
  const Json json = ParseStrictObject(*document);
  if (json.is_discarded()) return absl::InvalidArgumentError(url + " is no JSON object");
  const std::string* issuer = FindString(json, "issuer");
  if (issuer == nullptr || *issuer != options.issuer.issuer) {
    return absl::InvalidArgumentError(url + " is of another issuer than " + options.issuer.issuer);
  }
  const std::string* keys = FindString(json, "jwks_uri");
  if (keys == nullptr) return absl::InvalidArgumentError(url + " names no jwks_uri");
  return *keys;
}

std::string Text(const Json& object, const char* name) {
  const std::string* text = FindString(object, name);
  return text == nullptr ? "" : *text;
}

v1::JsonWebKey ToKey(const Json& json) {
  v1::JsonWebKey key;
  key.set_kty(Text(json, "kty"));
  key.set_use(Text(json, "use"));
  key.set_kid(Text(json, "kid"));
  key.set_alg(Text(json, "alg"));
  key.set_crv(Text(json, "crv"));
  key.set_x(Text(json, "x"));
  key.set_y(Text(json, "y"));
  key.set_n(Text(json, "n"));
  key.set_e(Text(json, "e"));
  return key;
}

}  // namespace

absl::Status OidcOptions::Validate() const {
  const absl::Status leeway =
      RequireRange("--token-leeway-seconds", absl::ToInt64Seconds(issuer.leeway), 0,
                   absl::ToInt64Seconds(kLongestLeeway));
  if (!leeway.ok()) return leeway;
  if (empty()) {
    return Require(keys.empty() && issuer.audience.empty(), "--oidc-issuer",
                   "is needed with the other flags of an OpenID provider");
  }
  const absl::Status claims = issuer.Validate();
  const std::string& url = keys.empty() ? issuer.issuer : keys;
  const absl::Status source = keys.empty() || IsUrl(keys) ? CheckUrl(url) : absl::OkStatus();
  return FirstError({
      Require(!issuer.audience.empty(), "--oidc-audience",
              "is needed: tokens of the provider for others are not good here"),
      Require(claims.ok(), "--oidc-subject-claim, --oidc-admin-claim:", MessageOf(claims)),
      Require(source.ok(), keys.empty() ? "--oidc-issuer" : "--oidc-keys", MessageOf(source)),
  });
}

absl::StatusOr<std::vector<v1::JsonWebKey>> FetchOidcKeys(const OidcOptions& options) {
  std::string source = options.keys;
  if (source.empty()) {
    auto discovered = DiscoverKeySet(options);
    if (!discovered.ok()) return discovered.status();
    source = *std::move(discovered);
  }
  const auto text =
      IsUrl(source) ? Download(source, options.ca_file) : ReadFile(source, kMaxDocumentBytes);
  if (!text.ok()) return text.status();
  auto keys = ParseKeySet(*text);
  if (!keys.ok())
    return absl::InvalidArgumentError(source + " " + std::string(keys.status().message()));
  return keys;
}

absl::StatusOr<std::vector<v1::JsonWebKey>> ParseKeySet(const std::string& json) {
  const Json set = ParseStrictObject(json);
  const auto found = set.is_discarded() ? set.end() : set.find("keys");
  if (set.is_discarded() || found == set.end() || !found->is_array()) {
    return absl::InvalidArgumentError("is no JWK set");
  }
  std::vector<v1::JsonWebKey> keys;
  for (const Json& entry : *found) {
    if (!entry.is_object()) continue;
    v1::JsonWebKey key = ToKey(entry);
    if (PublicKey::FromJwk(key).ok()) keys.push_back(std::move(key));
  }
  if (keys.empty()) {
    return absl::InvalidArgumentError(
        "holds no key that can be used: Ed25519, P-256 or RSA with a kid, for signatures");
  }
  return keys;
}

}  // namespace ledgercast
