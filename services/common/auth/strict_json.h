#ifndef SERVICES_COMMON_AUTH_STRICT_JSON_H_
#define SERVICES_COMMON_AUTH_STRICT_JSON_H_

// Reads the JSON inside a token strictly: what another parser could read otherwise is refused, and
// a value that is not of the type that it should be is not found.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/time/time.h"

namespace ledgercast {

using Json = nlohmann::json;

// Parses a JSON object in which no name is repeated, at any depth; else returns a discarded value.
Json ParseStrictObject(const std::string& text);

// Returns nullptr unless `object` has a string `name`.
const std::string* FindString(const Json& object, const char* name);

// Whether `text`, which is UTF-8, has a character of the category Cc: what ends a line of a log, or
// moves a terminal's cursor, belongs into no name.
bool HasControlCharacter(const std::string& text);

// Reads a whole number `name`, from 0 on. Returns false, with `count` as it was, if `object` has
// none.
bool FindCount(const Json& object, const char* name, int64_t* count);

// Reads a NumericDate (RFC 7519): `name` is any JSON number of seconds since 1970, with a fraction,
// an exponent or a sign. A time outside of the years 1 to 9998 becomes the nearest of their
// seconds. Returns false, with `time` as it was, if `object` has no such number.
bool FindTime(const Json& object, const char* name, absl::Time* time);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_STRICT_JSON_H_
