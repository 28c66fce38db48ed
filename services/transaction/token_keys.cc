#include "services/transaction/token_keys.h"

#include <string>
#include <utility>
#include <vector>

#include "services/common/program.h"

namespace ledgercast {
namespace {

constexpr size_t kMaxKeyFileBytes = 64 << 10;

}  // namespace

absl::StatusOr<TokenSigner> LoadSigner(const TransactionOptions& options) {
  const auto pem = ReadFile(options.signing_key_file, kMaxKeyFileBytes);
  if (!pem.ok()) return pem.status();
  return TokenSigner::FromPem(*pem, options.issuer, options.audience);
}

absl::StatusOr<std::shared_ptr<const TokenVerifier>> MakeVerifier(const TransactionOptions& options,
                                                                  const TokenSigner& signer) {
  std::vector<v1::JsonWebKey> relay_keys;
  for (const std::string& file : options.relay_key_files) {
    const auto pem = ReadFile(file, kMaxKeyFileBytes);
    if (!pem.ok()) return pem.status();
    auto key = PublicKeyFromPem(*pem);
    if (!key.ok()) return key.status();
    relay_keys.push_back(std::move(*key));
  }
  return TokenVerifier::Create({options.issuer, options.audience}, {signer.public_key()},
                               relay_keys, &absl::Now);
}

}  // namespace ledgercast
