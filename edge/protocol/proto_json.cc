#include "edge/protocol/proto_json.h"

#include <google/protobuf/util/json_util.h>

#include <nlohmann/json.hpp>

#include "edge/protocol/json_text.h"
#include "services/common/base/errors.h"
#include "services/common/base/utf8.h"

namespace ledgercast {
namespace {

using Json = nlohmann::json;

// Frames are flat, so deeper nesting can only be an attack on a recursive reader.
constexpr int kMaxDepth = 16;
constexpr size_t kMaxQuotedBytes = 200;

}  // namespace

absl::Status MalformedJson(std::string_view what) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason::kInvalidField, what);
}

Json ParseBoundedJson(std::string_view text) {
  bool too_deep = false;
  const auto watch_depth = [&too_deep](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return !too_deep;
  };
  Json json = Json::parse(text.begin(), text.end(), watch_depth, /*allow_exceptions=*/false);
  return too_deep ? Json(Json::value_t::discarded) : json;
}

std::string DumpJson(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

absl::Status ReadDumpedObject(const std::string& json, google::protobuf::Message* message) {
  const auto status = google::protobuf::util::JsonStringToMessage(json, message);
  if (status.ok()) return absl::OkStatus();
  // The message quotes the value, which may be as long as the frame.
  return MalformedJson(TruncateUtf8(status.message().ToString(), kMaxQuotedBytes));
}

absl::Status ParseJson(std::string_view json, google::protobuf::Message* message) {
  const Json parsed = ParseBoundedJson(json.empty() ? "{}" : json);
  if (parsed.is_discarded()) return MalformedJson("not JSON");
  if (!parsed.is_object()) return MalformedJson("not a JSON object");
  // Protobuf's reader accepts more than strict JSON. It is therefore given text that the strict
  // reader has parsed and written again.
  return ReadDumpedObject(DumpJson(parsed), message);
}

std::string ToJson(const v1::AuthenticatedFrame& frame) {
  std::string json = "{\"subject\":";
  AppendJsonString(frame.subject(), &json);
  json += frame.admin() ? ",\"admin\":true" : ",\"admin\":false";
  if (frame.has_expires_at()) {
    json += ",\"expiresAt\":";
    AppendJsonTimestamp(frame.expires_at(), &json);
  }
  json += ",\"ledger\":";
  AppendJsonString(frame.ledger(), &json);
  json += '}';
  return json;
}

std::string ToJson(const v1::WatchingFrame& frame) {
  std::string json = "{\"after\":";
  AppendJsonString(frame.after(), &json);
  json += ",\"head\":";
  AppendJsonString(frame.head(), &json);
  json += ",\"balances\":";
  AppendJsonMap(frame.balances(), &json);
  json += '}';
  return json;
}

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  // Printing fails only for messages with a google.protobuf.Any of unknown type; ours have none.
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) json = "{}";
  return json;
}

}  // namespace ledgercast
