#include "services/common/base/host_port.h"

#include <charconv>

namespace ledgercast {

absl::StatusOr<HostPort> ParseHostPort(const std::string& text) {
  const absl::Status bad = absl::InvalidArgumentError("\"" + text + "\" is not host:port");
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return bad;
  HostPort result;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, result.port);
  if (error != std::errc() || stop != end) return bad;
  result.host = text.substr(0, colon);
  if (result.host.starts_with('[') && result.host.ends_with(']')) {
    result.host = result.host.substr(1, result.host.size() - 2);
    if (result.host.empty()) return bad;
  }
  return result;
}

}  // namespace ledgercast
