#include "services/transaction/token_keys.h"

#include <string>
#include <utility>
#include <vector>

#include "services/common/auth/oidc_keys.h"
#include "services/common/base/program.h"
#include "services/common/base/random.h"

namespace ledgercast {
namespace {

constexpr size_t kMaxKeyFileBytes = 64 << 10;

}  // namespace

absl::StatusOr<TokenSigner> LoadSigner(const TransactionOptions& options) {
  const auto pem = ReadFile(options.signing_key_file, kMaxKeyFileBytes);
  if (!pem.ok()) return pem.status();
  return TokenSigner::FromPem(*pem, options.issuer, options.audience);
}

absl::StatusOr<std::unique_ptr<Keys>> StartKeys(const TransactionOptions& options,
                                                const TokenSigner& signer) {
  TokenKeys known{{signer.public_key()}, {}, {}};
  for (const std::string& file : options.relay_key_files) {
    const auto pem = ReadFile(file, kMaxKeyFileBytes);
    if (!pem.ok()) return pem.status();
    auto key = PublicKeyFromPem(*pem);
    if (!key.ok()) return key.status();
    known.relay.push_back(std::move(*key));
  }
  Keys::Options keys_options;
  keys_options.verifier.issuer = options.issuer;
  keys_options.verifier.audience = options.audience;
  keys_options.verifier.oidc = options.oidc.issuer;
  Keys::Fetches fetches;
  if (!options.oidc.empty()) {
    fetches.oidc = [oidc = options.oidc] { return FetchOidcKeys(oidc); };
  }
  return Keys::Start(keys_options, std::move(known), std::move(fetches),
                     Clocks{&absl::Now, &SteadyNow}, MakeRandom());
}

}  // namespace ledgercast
