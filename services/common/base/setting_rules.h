#ifndef SERVICES_COMMON_BASE_SETTING_RULES_H_
#define SERVICES_COMMON_BASE_SETTING_RULES_H_

// Rules that the settings of both programs must keep. An error names the flag and says in one plain
// sentence what the flag may be, since it is shown to whoever starts the program.

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "absl/status/status.h"

namespace ledgercast {

// Returns INVALID_ARGUMENT, "`flag` `rule`", unless `holds`. `flag` begins with "--".
absl::Status Require(bool holds, std::string_view flag, std::string_view rule);

// Returns INVALID_ARGUMENT unless `least` <= `value` <= `most`. All three are in the flag's unit.
absl::Status RequireRange(std::string_view flag, int64_t value, int64_t least, int64_t most);

// Returns INVALID_ARGUMENT unless `least` <= `value`, for flags without an upper limit.
absl::Status RequireAtLeast(std::string_view flag, int64_t value, int64_t least);

// Explains on standard error why the program cannot run with its settings. Returns the exit status
// for that, 2, which is the same as for a mistake in the command line.
int RefuseSettings(const absl::Status& why);

// Returns the first error, or OK.
absl::Status FirstError(std::initializer_list<absl::Status> rules);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_SETTING_RULES_H_
