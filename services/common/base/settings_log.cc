#include "services/common/base/settings_log.h"

#include <algorithm>
#include <vector>

#include "services/common/base/log.h"

namespace ledgercast {
namespace {

constexpr char kHidden[] = "***";

std::string ValueOf(const CLI::Option& option) {
  if (option.count() == 0) {
    // An option that takes no value is a switch, and it is off here.
    if (option.get_expected_max() == 0) return "false";
    return option.get_default_str();
  }
  std::string text;
  for (const std::string& value : option.results()) text += (text.empty() ? "" : ",") + value;
  return text;
}

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

void LogSettings(const CLI::App& app, const Masks& masks) {
  std::vector<std::pair<std::string, std::string>> settings;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_envname().empty()) continue;
    const std::string& flag = option->get_lnames().front();
    const auto mask = masks.find(flag);
    std::string name = flag;
    std::replace(name.begin(), name.end(), '-', '_');
    const std::string value = ValueOf(*option);
    settings.emplace_back(std::move(name), mask != masks.end() && !value.empty()
                                               ? mask->second(value)
                                               : MaskUrlPasswords(value));
  }
  std::vector<LogField> fields;
  for (const auto& [name, value] : settings) fields.push_back({name, std::string_view(value)});
  LogEvent(spdlog::level::info, "settings", fields);
}

}  // namespace ledgercast
