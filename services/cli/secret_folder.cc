#include "services/cli/secret_folder.h"

#include <sys/stat.h>

#include <filesystem>
#include <system_error>

#include "services/cli/atomic_file.h"
#include "services/common/base/program.h"

namespace ledgercast::cli {
namespace {

constexpr size_t kMaxSecretBytes = 64 << 10;
constexpr mode_t kFileMode = 0440;
constexpr auto kFolderPermissions = static_cast<std::filesystem::perms>(0750);

absl::Status Failed(const std::filesystem::path& path, const std::error_code& error) {
  return absl::InvalidArgumentError(path.string() + ": " + error.message());
}

}  // namespace

absl::StatusOr<SecretFiles> SecretFolder::Read(const std::string& group) {
  const std::filesystem::path folder = std::filesystem::path(path_) / group;
  SecretFiles files;
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  if (error == std::errc::no_such_file_or_directory) return files;
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    // Skips hidden files, which a file system or a killed writer may leave.
    const std::string name = entries->path().filename();
    if (!entries->is_regular_file(error) || name.starts_with('.')) continue;
    auto content = ReadFile(entries->path(), kMaxSecretBytes);
    if (!content.ok()) return content.status();
    files[name] = *std::move(content);
  }
  if (error) return Failed(folder, error);
  return files;
}

absl::Status SecretFolder::Add(const std::string& group, const SecretFiles& files) {
  const std::filesystem::path folder = std::filesystem::path(path_) / group;
  std::error_code error;
  if (std::filesystem::create_directories(folder, error) && !error) {
    std::filesystem::permissions(folder, kFolderPermissions, error);
  }
  if (error) return Failed(folder, error);
  for (const auto& [name, content] : files) {
    const absl::Status status = WriteFileAtomically(folder / name, content, kFileMode);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace ledgercast::cli
