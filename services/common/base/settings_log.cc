#include "services/common/base/settings_log.h"

#include <algorithm>
#include <vector>

#include "services/common/base/log.h"

namespace ledgercast {
namespace {

constexpr char kHidden[] = "***";

}  // namespace

std::string MaskUrlPasswords(std::string_view text) {
  constexpr std::string_view kScheme = "://";
  std::string masked(text);
  const size_t scheme = masked.find(kScheme);
  const size_t at = masked.rfind('@');
  if (scheme == std::string::npos || at == std::string::npos) return masked;
  const size_t colon = masked.find(':', scheme + kScheme.size());
  if (colon < at) masked.replace(colon + 1, at - colon - 1, kHidden);
  return masked;
}

void LogSettings(const FlagSet& flags, const Masks& masks) {
  std::vector<FlagSet::Setting> settings = flags.Settings();
  for (auto& [name, value] : settings) {
    const auto mask = masks.find(name);
    value = mask != masks.end() && !value.empty() ? mask->second(value) : MaskUrlPasswords(value);
    std::replace(name.begin(), name.end(), '-', '_');
  }
  std::vector<LogField> fields;
  for (const auto& [name, value] : settings) fields.push_back({name, std::string_view(value)});
  LogEvent(spdlog::level::info, "settings", fields);
}

}  // namespace ledgercast
