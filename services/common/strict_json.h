#ifndef SERVICES_COMMON_STRICT_JSON_H_
#define SERVICES_COMMON_STRICT_JSON_H_

// How the JSON inside a token is read: what another parser could read otherwise, and what is
// not of the type that it should be, is not found.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/time/time.h"

namespace ledgercast {

using Json = nlohmann::json;

// A JSON object in which no name is repeated, at any depth; else a discarded value.
Json ParseStrictObject(const std::string& text);

// nullptr unless `object` has a string `name`.
const std::string* FindString(const Json& object, const char* name);

// Whether `text`, which is UTF-8, has a character of the category Cc: what ends a line of a log, or
// moves a terminal's cursor, belongs into no name.
bool HasControlCharacter(const std::string& text);

// False, with the result as it was, unless `object` has a whole number `name` from 0 on.
bool FindCount(const Json& object, const char* name, int64_t* count);

// A NumericDate (RFC 7519): `name` is any JSON number of seconds since 1970, with a fraction, an
// exponent or a sign. What lies outside of the years 1 to 9998 becomes the nearest of their
// seconds. False, with `time` as it was, unless `object` has such a number.
bool FindTime(const Json& object, const char* name, absl::Time* time);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_STRICT_JSON_H_
