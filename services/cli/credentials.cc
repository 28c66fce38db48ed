#include "services/cli/credentials.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "services/common/base/errors.h"
#include "services/common/base/program.h"
#include "services/common/base/proto_time.h"

namespace ledgercast::cli {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr size_t kMaxCredentialsBytes = 64 << 10;
constexpr mode_t kOwnerOnly = 0600;
constexpr mode_t kFolderOfOwner = 0700;
// Share of an access token's lifetime after which it is refreshed.
constexpr double kRefreshAfter = 0.8;

std::string Variable(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? "" : value;
}

std::string Rfc3339(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone());
}

bool ParseTime(const std::string& text, absl::Time* time) {
  std::string error;
  return absl::ParseTime(absl::RFC3339_full, text, time, &error);
}

// Returns false if `content` is not what Format() writes.
bool ParseCredentials(const std::string& content, Credentials* credentials) {
  const OrderedJson json = OrderedJson::parse(content, nullptr, false);
  if (!json.is_object()) return false;
  std::string expires_at;
  std::string refresh_at;
  TlsFiles& tls = credentials->tls;
  for (const auto& [key, value] :
       {std::pair("service", &credentials->service), std::pair("caFile", &tls.ca_file),
        std::pair("certFile", &tls.cert_file), std::pair("keyFile", &tls.key_file),
        std::pair("username", &credentials->username),
        std::pair("accessToken", &credentials->access_token),
        std::pair("refreshToken", &credentials->refresh_token), std::pair("expiresAt", &expires_at),
        std::pair("refreshAt", &refresh_at)}) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_string()) return false;
    *value = found->get<std::string>();
  }
  return ParseTime(expires_at, &credentials->expires_at) &&
         ParseTime(refresh_at, &credentials->refresh_at);
}

std::string Format(const Credentials& credentials) {
  const OrderedJson json = {{"service", credentials.service},
                            {"caFile", credentials.tls.ca_file},
                            {"certFile", credentials.tls.cert_file},
                            {"keyFile", credentials.tls.key_file},
                            {"username", credentials.username},
                            {"accessToken", credentials.access_token},
                            {"refreshToken", credentials.refresh_token},
                            {"expiresAt", Rfc3339(credentials.expires_at)},
                            {"refreshAt", Rfc3339(credentials.refresh_at)}};
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace

absl::Status NotSignedIn(const std::string& why) {
  return absl::FailedPreconditionError(why + ": run ledgercast login");
}

void Credentials::SetTokens(const std::string& access, const std::string& refresh,
                            const google::protobuf::Timestamp& expires, absl::Time now) {
  access_token = access;
  refresh_token = refresh;
  expires_at = FromProto(expires);
  refresh_at = now + kRefreshAfter * (expires_at - now);
}

absl::StatusOr<CredentialsFile> CredentialsFile::Default() {
  // The XDG Base Directory Specification says that a relative path is ignored.
  if (const std::string config = Variable("XDG_CONFIG_HOME"); config.starts_with('/')) {
    return CredentialsFile(config + "/ledgercast");
  }
  if (const std::string home = Variable("HOME"); home.starts_with('/')) {
    return CredentialsFile(home + "/.config/ledgercast");
  }
  return absl::InvalidArgumentError(
      "there is no place for credentials: set XDG_CONFIG_HOME or HOME to a folder");
}

CredentialsFile::CredentialsFile(std::string folder)
    : folder_(std::move(folder)), path_(folder_ + "/credentials.json") {}

absl::StatusOr<Credentials> CredentialsFile::Read() const {
  const auto content = ReadFile(path_, kMaxCredentialsBytes);
  if (absl::IsNotFound(content.status())) return NotSignedIn("you are not signed in");
  if (!content.ok()) return content.status();
  Credentials credentials;
  if (!ParseCredentials(*content, &credentials)) return NotSignedIn(path_ + " is damaged");
  return credentials;
}

absl::Status CredentialsFile::Write(const Credentials& credentials) const {
  if (auto status = MakeFolder(); !status.ok()) return status;
  return WriteFileAtomically(path_, Format(credentials), kOwnerOnly);
}

absl::Status CredentialsFile::Remove() const {
  if (unlink(path_.c_str()) == 0) return absl::OkStatus();
  if (errno == ENOENT) return absl::NotFoundError("you are not signed in");
  return absl::InvalidArgumentError(path_ + ": " + std::strerror(errno));
}

absl::StatusOr<std::unique_ptr<FileLock>> CredentialsFile::Lock() const {
  if (auto status = MakeFolder(); !status.ok()) return status;
  // The lock is a file of its own, since the credentials file is replaced as a whole.
  return FileLock::Take(folder_ + "/credentials.lock", true, FileLock::Wait::kUntilFree);
}

absl::Status CredentialsFile::MakeFolder() const {
  for (size_t end = folder_.find('/', 1);; end = folder_.find('/', end + 1)) {
    const std::string part = folder_.substr(0, end);
    if (mkdir(part.c_str(), kFolderOfOwner) != 0 && errno != EEXIST) {
      return absl::InvalidArgumentError(part + ": " + std::strerror(errno));
    }
    if (end == std::string::npos) return absl::OkStatus();
  }
}

}  // namespace ledgercast::cli
