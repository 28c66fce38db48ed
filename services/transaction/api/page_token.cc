#include "services/transaction/api/page_token.h"

#include "absl/strings/escaping.h"
#include "services/common/base/errors.h"
#include "services/common/base/sha256.h"

namespace ledgercast {
namespace {

constexpr size_t kFingerprintBytes = 8;
constexpr size_t kMaxTokenChars = 512;

std::string Fingerprint(std::string_view query) {
  const Hash hash = Sha256Of(query);
  return {hash.begin(), hash.begin() + kFingerprintBytes};
}

}  // namespace

std::string MakePageToken(std::string_view query, std::string_view place) {
  return absl::WebSafeBase64Escape(Fingerprint(query) + std::string(place));
}

absl::StatusOr<std::string> ReadPageToken(std::string_view token, std::string_view query) {
  std::string decoded;
  if (token.size() > kMaxTokenChars ||
      !absl::WebSafeBase64Unescape(absl::string_view(token.data(), token.size()), &decoded) ||
      decoded.size() < kFingerprintBytes ||
      decoded.substr(0, kFingerprintBytes) != Fingerprint(query)) {
    return InvalidField("page_token",
                        "is not one that was made for this request; start again without it");
  }
  return decoded.substr(kFingerprintBytes);
}

absl::Status DamagedPageToken() {
  return InvalidField("page_token", "is damaged; start again without it");
}

}  // namespace ledgercast
