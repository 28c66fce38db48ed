#include "services/common/auth/strict_json.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

namespace ledgercast {
namespace {

// The first and the last second of the years 1 to 9998. RFC 3339 and protobuf can also write the
// year 9999, which is left out so that a leeway can be added.
constexpr double kFirstSecond = -62135596800;
constexpr double kLastSecond = 253370764799;
constexpr int kMaxDepth = 100;

}  // namespace

Json ParseStrictObject(const std::string& text) {
  std::vector<std::set<std::string>> names;
  bool refused = false;
  const auto callback = [&](int depth, Json::parse_event_t event, Json& parsed) {
    // Deeply nested JSON is refused, because code that writes it out again does so by recursion.
    refused |= depth > kMaxDepth;
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end) names.pop_back();
    if (event == Json::parse_event_t::key) {
      refused |= !names.back().insert(parsed.get<std::string>()).second;
    }
    return true;
  };
  Json object = Json::parse(text, callback, /*allow_exceptions=*/false);
  if (refused || !object.is_object()) return Json(Json::value_t::discarded);
  return object;
}

const std::string* FindString(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

bool HasControlCharacter(const std::string& text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    // These two bytes encode U+0080 to U+009F.
    if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) {
      return true;
    }
  }
  return false;
}

bool FindCount(const Json& object, const char* name, int64_t* count) {
  const auto found = object.find(name);
  // The parser treats a number that is written without a minus sign as unsigned.
  if (found == object.end() || !found->is_number_unsigned()) return false;
  const uint64_t value = found->get<uint64_t>();
  if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return false;
  *count = static_cast<int64_t>(value);
  return true;
}

bool FindTime(const Json& object, const char* name, absl::Time* time) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return false;
  // A double holds the seconds of these years with an error far below a millisecond, and the parser
  // refuses numbers that do not fit into a double.
  const double seconds = std::clamp(found->get<double>(), kFirstSecond, kLastSecond);
  const double whole = std::floor(seconds);
  *time = absl::FromUnixSeconds(static_cast<int64_t>(whole)) + absl::Seconds(seconds - whole);
  return true;
}

}  // namespace ledgercast
