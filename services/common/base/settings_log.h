#ifndef SERVICES_COMMON_BASE_SETTINGS_LOG_H_
#define SERVICES_COMMON_BASE_SETTINGS_LOG_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "services/common/base/flag_set.h"

namespace ledgercast {

// Functions that hide parts of a setting's value before it is shown, by the name of its flag.
using Masks = std::map<std::string, std::function<std::string(const std::string&)>>;

// Returns `text` with `***` in place of the password in a URL, `https://name:password@host`. If
// there are several URLs, everything from the first password to the last is hidden, to be on the
// safe side.
std::string MaskUrlPasswords(std::string_view text);

// Writes one line at level info that holds every setting in force. Secret keys are not among them,
// because programs get keys as files and only the paths are settings. The names in `masks` have no
// leading dashes. Passwords in URLs are always hidden. Call this after the command line was read.
void LogSettings(const FlagSet& flags, const Masks& masks);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_SETTINGS_LOG_H_
