#ifndef SERVICES_TRANSACTION_API_TOKEN_FAMILIES_H_
#define SERVICES_TRANSACTION_API_TOKEN_FAMILIES_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ledgercast/v1/auth.pb.h"
#include "services/transaction/api/call.h"
#include "services/transaction/store.h"

namespace ledgercast {

// Issues pairs of tokens: for a sign-in the first pair of a new family, and for a refresh token its
// successors. A refresh token can be used once. If it is shown again within the grace period, the
// same successor is issued once more, so that two tabs that share the token can both continue. If
// it is shown later, it was copied. Then its family is ended, together with its access tokens, on
// every replica within a second. refresh_store.h says what the database stores for that, and what a
// restored backup means.
//
// Thread-safe. Every method except counts() blocks on the database.
class TokenFamilies {
 public:
  struct Options {
    absl::Duration access_lifetime = absl::Minutes(15);
    absl::Duration refresh_lifetime = absl::Hours(24 * 7);
    absl::Duration grace = absl::Seconds(10);
    // Maximum number of families of an account. The next sign-in ends the least recently used one.
    int64_t max_families_per_account = 100;
  };

  // Everything must outlive this object.
  struct Dependencies {
    VerifierPtr verifier;
    const TokenSigner* signer;
    Store* store;
    Revocations* revocations;
    Clock clock;
  };

  // The names of the outcomes, in the order of RefreshOutcome.
  static constexpr std::array<const char*, 4> kOutcomeNames = {"rotated", "repeated", "reused",
                                                               "ended"};
  using Counts = std::array<int64_t, kOutcomeNames.size()>;

  TokenFamilies(Dependencies dependencies, Options options)
      : deps_(std::move(dependencies)), options_(options) {}

  // Begins a family for a caller that has shown the password of `credentials`.
  absl::Status Begin(const Credentials& credentials, v1::IssueTokenResponse* response);

  // Issues the successors of `refresh_token`. Returns TOKEN_INVALID or TOKEN_EXPIRED if that token
  // is not valid. `client` is named in the log.
  absl::Status Continue(const std::string& refresh_token, const std::string& client,
                        v1::RefreshTokenResponse* response);

  // Returns how many refresh tokens were shown, by outcome.
  Counts counts() const;

 private:
  absl::Status Use(const Identity& identity, const std::string& client, TokenFamily* family);
  template <typename Response>
  void Sign(const Credentials& credentials, const TokenFamily& family, Response* response);

  const Dependencies deps_;
  const Options options_;
  std::array<std::atomic<int64_t>, kOutcomeNames.size()> counts_{};
};

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_TOKEN_FAMILIES_H_
