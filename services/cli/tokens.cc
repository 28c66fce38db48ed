#include "services/cli/tokens.h"

#include <utility>

namespace ledgercast::cli {

Tokens::Tokens(Credentials credentials, std::optional<CredentialsFile> file, Refresh refresh,
               Clock clock)
    : file_(std::move(file)),
      refresh_(std::move(refresh)),
      clock_(std::move(clock)),
      credentials_(std::move(credentials)) {}

absl::StatusOr<std::string> Tokens::Current() {
  absl::MutexLock lock(&mu_);
  const absl::Time now = clock_();
  if (now >= credentials_.refresh_at) {
    const absl::Status status = Advance();
    // The old token is used while no new one can be had, until it expires.
    if (!status.ok() && (now >= credentials_.expires_at || absl::IsFailedPrecondition(status))) {
      return status;
    }
  }
  return credentials_.access_token;
}

absl::StatusOr<std::string> Tokens::Renew(const std::string& refused) {
  absl::MutexLock lock(&mu_);
  if (credentials_.access_token == refused) {
    if (const absl::Status status = Advance(); !status.ok()) return status;
  }
  return credentials_.access_token;
}

absl::Status Tokens::Advance() {
  if (!file_) return Ask();
  const auto lock = file_->Lock();
  if (!lock.ok()) return lock.status();
  auto stored = file_->Read();
  if (!stored.ok()) return stored.status();
  if (stored->service != credentials_.service || stored->username != credentials_.username) {
    return NotSignedIn("somebody else has signed in meanwhile");
  }
  const bool is_newer = stored->access_token != credentials_.access_token;
  credentials_ = *std::move(stored);
  if (is_newer && clock_() < credentials_.refresh_at) return absl::OkStatus();
  if (const absl::Status status = Ask(); !status.ok()) return status;
  return file_->Write(credentials_);
}

absl::Status Tokens::Ask() {
  auto response = refresh_(credentials_.refresh_token);
  // If the answer was lost, the service repeats it, but only for some seconds.
  if (absl::IsUnavailable(response.status()) || absl::IsDeadlineExceeded(response.status())) {
    response = refresh_(credentials_.refresh_token);
  }
  if (absl::IsUnauthenticated(response.status())) return NotSignedIn("your sign-in has ended");
  if (!response.ok()) return response.status();
  credentials_.Take(*response, clock_());
  return absl::OkStatus();
}

}  // namespace ledgercast::cli
