#include "services/common/auth/password_file.h"

#include <cstdio>

#include "services/common/auth/password.h"
#include "services/common/base/program.h"

namespace ledgercast {
namespace {

constexpr size_t kMaxFileBytes = kMaxPasswordBytes + 2;  // with \r\n

absl::StatusOr<std::string> ReadStandardInput() {
  char buffer[kMaxFileBytes + 1];
  const size_t size = std::fread(buffer, 1, sizeof(buffer), stdin);
  if (std::ferror(stdin) != 0) return absl::InvalidArgumentError("standard input cannot be read");
  if (size > kMaxFileBytes) return absl::InvalidArgumentError("standard input: too long");
  return std::string(buffer, size);
}

}  // namespace

absl::StatusOr<std::string> ReadPasswordFile(const std::string& path) {
  auto content = path == "-" ? ReadStandardInput() : ReadFile(path, kMaxFileBytes);
  if (!content.ok()) return content.status();
  if (!content->empty() && content->back() == '\n') content->pop_back();
  if (!content->empty() && content->back() == '\r') content->pop_back();
  const std::string name = path == "-" ? "standard input" : path;
  if (content->empty()) return absl::InvalidArgumentError(name + ": there is no password in it");
  if (content->find('\n') != std::string::npos) {
    return absl::InvalidArgumentError(name + ": has more than one line");
  }
  return content;
}

}  // namespace ledgercast
