#include "services/transaction/postgres/connect_settings.h"

#include <libpq-fe.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_format.h"

namespace ledgercast::postgres {
namespace {

// Bounds connecting to one host, so that the next one of the list is tried if it does not answer.
constexpr absl::Duration kMaxConnectTimeout = absl::Seconds(5);

constexpr absl::Duration kLongestUserTimeout = absl::Hours(1);

// Returns whether `conninfo` is a URI. The other form of libpq is `key=value ...`.
bool IsUri(const std::string& conninfo) { return conninfo.find("://") != std::string::npos; }

// Adds a setting whose value is escaped already.
void Append(std::string_view name, std::string_view value, std::string* conninfo) {
  const bool is_first = conninfo->find('?') == std::string::npos;
  *conninfo += !IsUri(*conninfo) ? " " : is_first ? "?" : "&";
  conninfo->append(name).append("=").append(value);
}

std::string PercentEncoded(std::string_view text) {
  std::string encoded;
  for (const char c : text)
    absl::StrAppendFormat(&encoded, "%%%02X", static_cast<unsigned char>(c));
  return encoded;
}

std::string QuotedSetting(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

}  // namespace

std::string WithPassword(const std::string& conninfo, std::string_view password) {
  std::string result = conninfo;
  Append("password", IsUri(conninfo) ? PercentEncoded(password) : QuotedSetting(password), &result);
  return result;
}

std::string MaskConninfo(const std::string& conninfo) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(conninfo.c_str(), nullptr), &PQconninfoFree);
  if (options == nullptr) return "(not a connection string)";
  std::string shown;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    // libpq marks the settings that an input form must not show while they are typed.
    const bool is_secret = std::string_view(option->dispchar) == "*";
    if (!shown.empty()) shown += ' ';
    shown += std::string(option->keyword) + "=" + QuotedSetting(is_secret ? "***" : option->val);
  }
  return shown;
}

std::string WithConnectSettings(const std::string& conninfo, absl::Duration timeout) {
  const absl::Duration connect_timeout = std::clamp(timeout, absl::Seconds(2), kMaxConnectTimeout);
  const std::pair<std::string, std::string> settings[] = {
      {"connect_timeout", std::to_string(absl::ToInt64Seconds(connect_timeout))},
      {"tcp_user_timeout",
       std::to_string(absl::ToInt64Milliseconds(std::min(timeout, kLongestUserTimeout)))},
      {"fallback_application_name", "ledgercast"},
      {"client_encoding", "UTF8"},
  };
  std::string result = conninfo;
  for (const auto& [name, value] : settings) {
    if (conninfo.find(name + "=") != std::string::npos) continue;
    Append(name, value, &result);
  }
  return result;
}

std::string ServerSettings(absl::Duration timeout, absl::Duration fence_timeout) {
  // Returns the shorter of `timeout` and `duration`; 0 means no timeout.
  const auto milliseconds = [timeout](absl::Duration duration) {
    const absl::Duration shorter = std::min(timeout, duration);
    return std::to_string(shorter == absl::InfiniteDuration() ? 0
                                                              : absl::ToInt64Milliseconds(shorter));
  };
  return "SET statement_timeout = " + milliseconds(timeout) +
         "; SET lock_timeout = " + milliseconds(2 * fence_timeout) +
         "; SET idle_in_transaction_session_timeout = " + milliseconds(fence_timeout) +
         "; SET tcp_user_timeout = " + milliseconds(timeout) +
         "; SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10"
         "; SET tcp_keepalives_count = 3"
         "; SET client_min_messages = warning"
         // The role or the database may have a weaker setting, with which acknowledged commits can
         // be lost.
         "; SELECT set_config('synchronous_commit', 'on', false) WHERE "
         "current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')"
         "; SET default_transaction_isolation = 'read committed'; SET timezone = 'UTC'";
}

}  // namespace ledgercast::postgres
