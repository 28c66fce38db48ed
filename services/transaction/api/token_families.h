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

// Issues pairs of tokens: for a sign-in those of a new family, for a refresh token its successors.
// A refresh token is good once. If it is shown again within the grace, it gives the same successor
// once more, in a copy, so that two tabs which share it both go on. If it is shown later, it was
// copied: its family is ended, with the access tokens that came from it, on every replica within a
// second. What the database keeps for that, and what a restored backup means, is in
// refresh_store.h.
//
// Thread-safe. Every method blocks on the database.
class TokenFamilies {
 public:
  struct Options {
    absl::Duration access_lifetime = absl::Minutes(15);
    absl::Duration refresh_lifetime = absl::Hours(24 * 7);
    absl::Duration grace = absl::Seconds(10);
    // Most families of an account; the next sign-in ends the one that was used least lately.
    int64_t max_families_per_account = 100;
  };

  // Everything must outlive this.
  struct Dependencies {
    VerifierPtr verifier;
    const TokenSigner* signer;
    Store* store;
    Revocations* revocations;
    Clock clock;
  };

  // The names of outcomes, by RefreshOutcome.
  static constexpr std::array<const char*, 4> kOutcomeNames = {"rotated", "repeated", "reused",
                                                               "ended"};
  using Counts = std::array<int64_t, kOutcomeNames.size()>;

  TokenFamilies(Dependencies dependencies, Options options)
      : deps_(std::move(dependencies)), options_(options) {}

  // Begins a family for whoever has shown the password of `credentials`.
  absl::Status Begin(const Credentials& credentials, v1::IssueTokenResponse* response);

  // Issues the successors of `refresh_token`. TOKEN_INVALID or TOKEN_EXPIRED if it is not good.
  // `client` is named in the log.
  absl::Status Continue(const std::string& refresh_token, const std::string& client,
                        v1::RefreshTokenResponse* response);

  // Returns how many refresh tokens were shown, by what came of them.
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
