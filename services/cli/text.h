#ifndef SERVICES_CLI_TEXT_H_
#define SERVICES_CLI_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace ledgercast::cli {

// Returns whether `text` is UTF-8, as a `string` of Protobuf must be.
bool IsUtf8(std::string_view text);

// Makes `text` safe for a terminal, since descriptions may be written by strangers. Characters that
// would move the cursor, colour the screen or end the line become '?'.
std::string Printable(std::string_view text);

// Returns how many columns `text` takes, where each character counts as one column.
size_t CountColumns(std::string_view text);

// Returns "12.50" for 1250 and two digits after the point.
std::string FormatAmount(int64_t minor_units, int minor_unit_digits);

// Formats `time` in the time zone of this machine, to the second.
std::string FormatLocalTime(absl::Time time);

// Formats 1234567 as "1,234,567".
std::string FormatCount(int64_t count);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_TEXT_H_
