#ifndef SERVICES_CLI_TOKENS_H_
#define SERVICES_CLI_TOKENS_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "ledgercast/v1/auth.pb.h"
#include "services/cli/credentials.h"
#include "services/common/base/clock.h"

namespace ledgercast::cli {

// Holds the access token of a sign-in, and refreshes it before it expires. With a file, all
// processes that use it share each new token. One process requests it; the others read it from the
// file. The next refresh token is there too, since each can be used only once. Thread-safe.
class Tokens {
 public:
  // Calls AuthService.RefreshToken.
  using Refresh =
      std::function<absl::StatusOr<v1::RefreshTokenResponse>(const std::string& refresh_token)>;

  Tokens(Credentials credentials, std::optional<CredentialsFile> file, Refresh refresh,
         Clock clock);

  // Returns a token that is valid for a while.
  absl::StatusOr<std::string> Current() ABSL_LOCKS_EXCLUDED(mu_);
  // Returns another token than `refused`, which the service did not accept.
  absl::StatusOr<std::string> Renew(const std::string& refused) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // Gets a newer token than that of `credentials_`, from the file or the service.
  absl::Status Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status Ask() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const std::optional<CredentialsFile> file_;
  const Refresh refresh_;
  const Clock clock_;
  absl::Mutex mu_;
  Credentials credentials_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_TOKENS_H_
