#include "edge/http/query.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "edge/protocol/json_text.h"
#include "edge/protocol/proto_json.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsRepeated(const google::protobuf::Message& message, const std::string& json_name) {
  const auto* const type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->json_name() == json_name) return type->field(i)->is_repeated();
  }
  return false;
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
  std::map<std::string, std::vector<std::string>> fields;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    const bool has_value = equals != std::string_view::npos;
    fields[DecodeComponent(pair.substr(0, equals))].push_back(
        has_value ? DecodeComponent(pair.substr(equals + 1)) : "");
  }
  std::string json = "{";
  for (const auto& [name, values] : fields) {
    const bool is_list = IsRepeated(*message, name);
    if (!is_list && values.size() > 1) {
      return InvalidField("query", "gives a field twice that holds one value");
    }
    if (json.size() > 1) json += ',';
    AppendJsonString(name, &json);
    json += is_list ? ":[" : ":";
    for (const std::string& value : values) {
      if (&value != &values.front()) json += ',';
      // Protobuf's JSON takes numbers as strings, so every value may be one.
      AppendJsonString(value, &json);
    }
    if (is_list) json += ']';
  }
  json += '}';
  return ParseJson(json, message);
}

}  // namespace ledgercast
