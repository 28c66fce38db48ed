#ifndef EDGE_JSON_TEXT_H_
#define EDGE_JSON_TEXT_H_

// Writes JSON by appending to a string. A transaction is written once for many readers, but often,
// and this is some twenty times as fast as Protobuf's reflection.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ledgercast {

// Appends `text` quoted and escaped. Beyond what JSON asks for, '<', '>', U+2028 and U+2029 are
// escaped too, so that the text may be put into a page or a script.
void AppendJsonString(std::string_view text, std::string* out);

// Appends a 64-bit integer in quotes, as Protobuf's JSON has it: numbers in a browser lose their
// last digits above 2^53.
void AppendJsonInt64(int64_t value, std::string* out);

// Appends {"key":"value",...} in the order of the keys.
template <typename Map>
void AppendJsonMap(const Map& map, std::string* out) {
  std::vector<std::pair<std::string_view, std::string_view>> entries;
  for (const auto& [key, value] : map) entries.emplace_back(key, value);
  std::sort(entries.begin(), entries.end());
  *out += '{';
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) *out += ',';
    AppendJsonString(entries[i].first, out);
    *out += ':';
    AppendJsonString(entries[i].second, out);
  }
  *out += '}';
}

}  // namespace ledgercast

#endif  // EDGE_JSON_TEXT_H_
