#include "services/common/strict_json.h"

#include <limits>
#include <set>
#include <vector>

namespace ledgercast {
namespace {

// The end of the year 9999, the last that RFC 3339 can write.
constexpr int64_t kLastSecond = 253402300799;
constexpr int kMaxDepth = 100;

}  // namespace

Json ParseStrictObject(const std::string& text) {
  std::vector<std::set<std::string>> names;
  bool refused = false;
  const auto callback = [&](int depth, Json::parse_event_t event, Json& parsed) {
    // Whoever writes such a thing again does it by recursion.
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

bool FindCount(const Json& object, const char* name, int64_t* count) {
  const auto found = object.find(name);
  // What is written without a minus sign is unsigned to the parser.
  if (found == object.end() || !found->is_number_unsigned()) return false;
  const uint64_t value = found->get<uint64_t>();
  if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return false;
  *count = static_cast<int64_t>(value);
  return true;
}

bool FindTime(const Json& object, const char* name, absl::Time* time) {
  int64_t seconds = 0;
  if (!FindCount(object, name, &seconds) || seconds > kLastSecond) return false;
  *time = absl::FromUnixSeconds(seconds);
  return true;
}

}  // namespace ledgercast
