#include "edge/protocol/handshake.h"

#include <algorithm>

#include "services/common/auth/token.h"

namespace ledgercast {
namespace {

constexpr std::string_view kBearerSubprotocol = "ledgercast.bearer.";

}  // namespace

std::string HandshakeToken(std::string_view authorization,
                           const std::vector<std::string>& subprotocols) {
  const std::string_view token = BearerToken(authorization);
  if (!token.empty()) return std::string(token);
  for (const std::string& protocol : subprotocols) {
    if (protocol.starts_with(kBearerSubprotocol)) return protocol.substr(kBearerSubprotocol.size());
  }
  return "";
}

std::string SelectSubprotocol(const std::vector<std::string>& offered) {
  const bool ours = std::find(offered.begin(), offered.end(), kSubprotocol) != offered.end();
  return ours ? kSubprotocol : "";
}

}  // namespace ledgercast
