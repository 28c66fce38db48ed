#ifndef SERVICES_COMMON_AUTH_STRICT_JSON_H_
#define SERVICES_COMMON_AUTH_STRICT_JSON_H_

// Reads the JSON inside a token strictly. JSON that another parser could read in another way is
// refused, and a value of the wrong type counts as missing.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/time/time.h"

namespace ledgercast {

using Json = nlohmann::json;

// Parses a JSON object. Returns a discarded value if `text` is malformed, is no object, repeats a
// name within an object, or is nested too deeply.
Json ParseStrictObject(const std::string& text);

// Returns the string `name` of `object`; nullptr if it has none.
const std::string* FindString(const Json& object, const char* name);

// Returns whether `text`, which is UTF-8, has a control character (category Cc). A control
// character could end a line of the log or move a terminal's cursor, so names must not have any.
bool HasControlCharacter(const std::string& text);

// Reads the whole number `name`, which must not be negative. Returns false and leaves `count`
// unchanged if `object` has no such number.
bool FindCount(const Json& object, const char* name, int64_t* count);

// Reads a NumericDate (RFC 7519): any JSON number of seconds since 1970, also with a fraction, an
// exponent or a sign. A time outside of the years 1 to 9998 becomes the nearest time inside.
// Returns false and leaves `time` unchanged if `object` has no such number `name`.
bool FindTime(const Json& object, const char* name, absl::Time* time);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_STRICT_JSON_H_
