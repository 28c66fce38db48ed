#ifndef SERVICES_CLI_SECRET_FOLDER_H_
#define SERVICES_CLI_SECRET_FOLDER_H_

#include <string>
#include <utility>

#include "services/cli/secret_set.h"

namespace ledgercast::cli {

// Keeps secrets in a folder, with a subfolder for each group. Each subfolder can be mounted only
// where it is needed. Files are readable by their owner and its group, and written whole or not at
// all.
class SecretFolder : public SecretStore {
 public:
  explicit SecretFolder(std::string path) : path_(std::move(path)) {}

  absl::StatusOr<SecretFiles> Read(const std::string& group) override;
  absl::Status Add(const std::string& group, const SecretFiles& files) override;

 private:
  const std::string path_;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_SECRET_FOLDER_H_
