#ifndef SERVICES_CLI_CREDENTIALS_H_
#define SERVICES_CLI_CREDENTIALS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledgercast/v1/auth.pb.h"
#include "services/cli/atomic_file.h"
#include "services/common/base/tls_files.h"

namespace ledgercast::cli {

// Holds a sign-in at one service.
struct Credentials {
  std::string service;  // host:port
  TlsFiles tls;         // for the connection; absolute paths
  std::string username;
  std::string access_token;
  std::string refresh_token;
  absl::Time expires_at;
  // Time from which a new access token is requested, while the old one is still valid.
  absl::Time refresh_at;

  // Takes the tokens of an IssueTokenResponse or a RefreshTokenResponse.
  template <typename Response>
  void Take(const Response& response, absl::Time now) {
    SetTokens(response.access_token(), response.refresh_token(), response.expires_at(), now);
  }

 private:
  void SetTokens(const std::string& access, const std::string& refresh,
                 const google::protobuf::Timestamp& expires, absl::Time now);
};

// Keeps the credentials of `ledgercast login` for later commands, in
// `$XDG_CONFIG_HOME/ledgercast/credentials.json`, which only its owner can read. Any number of
// processes may use it: it is replaced as a whole, and a process that refreshes a token holds the
// lock.
class CredentialsFile {
 public:
  // Use the folder that the environment names, or `folder`, which ends in /ledgercast.
  static absl::StatusOr<CredentialsFile> Default();
  explicit CredentialsFile(std::string folder);

  // Reads the credentials. If there are none, FAILED_PRECONDITION says what to do.
  absl::StatusOr<Credentials> Read() const;
  absl::Status Write(const Credentials& credentials) const;
  // Removes the credentials. NOT_FOUND if there were none.
  absl::Status Remove() const;

  // Locks the file, so that reading, refreshing and writing are one step.
  absl::StatusOr<std::unique_ptr<FileLock>> Lock() const;

  const std::string& path() const { return path_; }

 private:
  absl::Status MakeFolder() const;

  std::string folder_;
  std::string path_;
};

// Returns the error that tells a person what to do if there is no sign-in, or if it has ended.
absl::Status NotSignedIn(const std::string& why);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_CREDENTIALS_H_
