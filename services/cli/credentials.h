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

// A sign-in at one service.
struct Credentials {
  std::string service;  // host:port
  TlsFiles tls;         // how it is reached; absolute paths
  std::string username;
  std::string access_token;
  std::string refresh_token;
  absl::Time expires_at;
  // Time from which a new access token is asked for, while the old one is still good.
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

// The file in which `ledgercast login` leaves credentials for the commands that follow:
// `$XDG_CONFIG_HOME/ledgercast/credentials.json`, readable for its owner only. Any number of
// processes may use it: it is replaced as a whole, and whoever refreshes holds the lock.
class CredentialsFile {
 public:
  // Use the folder that the environment names, or `folder`, which is .../ledgercast.
  static absl::StatusOr<CredentialsFile> Default();
  explicit CredentialsFile(std::string folder);

  // Reads the credentials. FAILED_PRECONDITION, saying what to do, if there are none.
  absl::StatusOr<Credentials> Read() const;
  absl::Status Write(const Credentials& credentials) const;
  // Removes the credentials. NOT_FOUND if there were none.
  absl::Status Remove() const;

  // Locks the file, for reading, refreshing and writing as one step.
  absl::StatusOr<std::unique_ptr<FileLock>> Lock() const;

  const std::string& path() const { return path_; }

 private:
  absl::Status MakeFolder() const;

  std::string folder_;
  std::string path_;
};

// Makes the error that says what to do without a sign-in, or with one that has ended.
absl::Status NotSignedIn(const std::string& why);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_CREDENTIALS_H_
