#include "services/cli/output.h"

#include <google/protobuf/util/json_util.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace ledgercast::cli {

absl::Status WriteOut(std::string_view text) {
  const size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
  if (written == text.size() && std::fflush(stdout) == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(std::string("standard output: ") + std::strerror(errno));
}

std::string JsonLine(const google::protobuf::Message& message) {
  std::string json;
  // It fails only for an Any or an invalid time. The service sends neither.
  (void)google::protobuf::util::MessageToJsonString(message, &json);
  json.push_back('\n');
  return json;
}

}  // namespace ledgercast::cli
