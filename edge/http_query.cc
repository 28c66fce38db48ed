#include "edge/http_query.h"

#include <algorithm>

#include "edge/frames.h"
#include "edge/json_text.h"

namespace ledgercast {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string DecodeComponent(std::string_view text) {
  std::string spaced(text);
  for (char& c : spaced) {
    if (c == '+') c = ' ';
  }
  return PercentDecode(spaced);
}

}  // namespace

std::string PercentDecode(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 &&
                        HexDigit(text[i + 2]) >= 0;
    if (!escape) {
      decoded += text[i];
      continue;
    }
    decoded += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
    i += 2;
  }
  return decoded;
}

absl::Status ParseQuery(std::string_view query, google::protobuf::Message* message) {
  std::string json = "{";
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    if (json.size() > 1) json += ',';
    AppendJsonString(DecodeComponent(pair.substr(0, equals)), &json);
    json += ':';
    AppendJsonString(
        equals == std::string_view::npos ? "" : DecodeComponent(pair.substr(equals + 1)), &json);
  }
  json += '}';
  // Protobuf's JSON takes numbers as strings, so every value may be one.
  return ParseJson(json, message);
}

}  // namespace ledgercast
