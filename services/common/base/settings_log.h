#ifndef SERVICES_COMMON_BASE_SETTINGS_LOG_H_
#define SERVICES_COMMON_BASE_SETTINGS_LOG_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace ledgercast {

// Functions that hide parts of a setting's value before it is shown.
using Masks = std::map<std::string, std::function<std::string(const std::string&)>>;

// Returns `text` with `***` for the password in a URL, `https://name:password@host`. If there are
// several URLs, everything is hidden from the first password to the last: better too much.
std::string MaskUrlPasswords(std::string_view text);

// Writes one line at level info that holds every setting in force: each flag of `app` that has
// an environment variable, whether the command line, the environment or nobody set it. Keys are
// given to programs by files, so that only their paths are settings. `masks` are by the flags'
// names, without dashes in front; passwords in URLs are hidden everywhere. Call it after the
// command line was read.
void LogSettings(const CLI::App& app, const Masks& masks);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_SETTINGS_LOG_H_
