#include "services/transaction/postgres/connect_settings.h"

#include <algorithm>
#include <utility>

namespace ledgercast::postgres {
namespace {

// A host that does not answer must not keep the next one of the list from being tried.
constexpr absl::Duration kMaxConnectTimeout = absl::Seconds(5);

}  // namespace

std::string WithConnectSettings(const std::string& conninfo, absl::Duration timeout) {
  const absl::Duration connect_timeout = std::clamp(timeout, absl::Seconds(2), kMaxConnectTimeout);
  const std::pair<std::string, std::string> settings[] = {
      {"connect_timeout", std::to_string(absl::ToInt64Seconds(connect_timeout))},
      {"tcp_user_timeout", std::to_string(absl::ToInt64Milliseconds(timeout))},
      {"fallback_application_name", "ledgercast"},
      {"client_encoding", "UTF8"},
  };
  // The other of libpq's forms is `key=value ...`.
  const bool is_uri = conninfo.find("://") != std::string::npos;
  std::string result = conninfo;
  for (const auto& [name, value] : settings) {
    if (conninfo.find(name + "=") != std::string::npos) continue;
    const bool is_first = result.find('?') == std::string::npos;
    result += (!is_uri ? " " : is_first ? "?" : "&") + name + "=" + value;
  }
  return result;
}

std::string ServerSettings(absl::Duration timeout, absl::Duration fence_timeout) {
  const auto milliseconds = [timeout](absl::Duration duration) {
    return std::to_string(absl::ToInt64Milliseconds(std::min(timeout, duration)));
  };
  return "SET statement_timeout = " + milliseconds(timeout) +
         "; SET lock_timeout = " + milliseconds(2 * fence_timeout) +
         "; SET idle_in_transaction_session_timeout = " + milliseconds(fence_timeout) +
         "; SET tcp_user_timeout = " + milliseconds(timeout) +
         "; SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10"
         "; SET tcp_keepalives_count = 3"
         "; SET client_min_messages = warning"
         "; SET default_transaction_isolation = 'read committed'; SET timezone = 'UTC'";
}

}  // namespace ledgercast::postgres
