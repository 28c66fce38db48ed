#include "edge/frames.h"

#include <google/protobuf/util/json_util.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "edge/errors.h"
#include "edge/json_text.h"
#include "edge/socket.h"
#include "services/common/errors.h"
#include "services/common/utf8.h"

namespace ledgercast {
namespace {

using Json = nlohmann::json;

// Frames are flat; deeper nesting is an attack on a recursive reader.
constexpr int kMaxDepth = 16;
constexpr size_t kMaxQuotedBytes = 200;
constexpr size_t kMaxIdBytes = 256;

constexpr std::string_view kStateKey = "{\"state\":";
constexpr std::string_view kDataKey = ",\"data\":";

absl::Status Malformed(std::string_view what) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason::kInvalidField, what);
}

// A discarded value if `text` is no JSON or too deep.
Json ParseBounded(std::string_view text) {
  bool too_deep = false;
  const auto watch_depth = [&too_deep](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return !too_deep;
  };
  Json json = Json::parse(text.begin(), text.end(), watch_depth, /*allow_exceptions=*/false);
  return too_deep ? Json(Json::value_t::discarded) : json;
}

// Returns the text of the last value under `quoted_key` in an object that is valid JSON, as it
// stands there: a parser would turn 1e2 into 100.0 and cut the digits of a big number. Empty if
// there is none.
std::string_view RawValue(std::string_view object, std::string_view quoted_key) {
  std::string_view value;
  int depth = 0;
  size_t member = 0;
  std::string_view key;
  const auto text_until = [&](size_t end) {
    return absl::StripAsciiWhitespace({object.data() + member, end - member});
  };
  for (size_t i = 0; i < object.size(); ++i) {
    const char c = object[i];
    if (c == '"') {
      for (++i; object[i] != '"'; ++i) i += object[i] == '\\' ? 1 : 0;
    } else if (c == '{' || c == '[') {
      if (++depth == 1) member = i + 1;
    } else if (depth == 1 && c == ':') {
      const auto text = text_until(i);
      key = {text.data(), text.size()};
      member = i + 1;
    } else if (depth == 1 && (c == ',' || c == '}')) {
      const auto text = text_until(i);
      if (key == quoted_key) value = {text.data(), text.size()};
      key = {};
      member = i + 1;
      if (c == '}') return value;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return value;
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// `json` is an object as Dump() writes it, since Protobuf's reader accepts more than JSON.
absl::Status ReadStrictObject(const std::string& json, google::protobuf::Message* message) {
  const auto status = google::protobuf::util::JsonStringToMessage(json, message);
  if (status.ok()) return absl::OkStatus();
  // It quotes the value, which may be as long as the frame.
  return Malformed(TruncateUtf8(status.message().ToString(), kMaxQuotedBytes));
}

}  // namespace

absl::StatusOr<ClientFrame> ParseClientFrame(std::string_view text) {
  const Json json = ParseBounded(text);
  if (json.is_discarded()) return Malformed("the frame is not JSON");
  if (!json.is_object()) return Malformed("the frame is not a JSON object");
  ClientFrame frame;
  if (const auto id = json.find("id"); id != json.end() && !id->is_null()) {
    if (!id->is_string() && !id->is_number()) {
      return Malformed("the frame's id is neither a string nor a number");
    }
    frame.id = RawValue(text, "\"id\"");
    // Its key was written with escapes.
    if (frame.id.empty()) frame.id = Dump(*id);
    if (frame.id.size() > kMaxIdBytes) return Malformed("the frame's id is longer than 256 bytes");
  }
  const auto state = json.find("state");
  if (state == json.end() && json.contains("token")) {
    frame.state = "authenticate";
    frame.data = Dump(Json{{"token", json["token"]}});
    return frame;
  }
  if (state == json.end() || !state->is_string()) return Malformed("the frame has no state");
  frame.state = state->get<std::string>();
  if (const auto data = json.find("data"); data != json.end() && !data->is_null()) {
    frame.data = Dump(*data);
  }
  return frame;
}

absl::Status ParseData(const ClientFrame& frame, google::protobuf::Message* message) {
  if (frame.data.empty()) return absl::OkStatus();
  if (frame.data.front() != '{') return Malformed("not a JSON object");
  return ReadStrictObject(frame.data, message);
}

absl::Status ParseJson(std::string_view json, google::protobuf::Message* message) {
  const Json parsed = ParseBounded(json.empty() ? "{}" : json);
  if (parsed.is_discarded()) return Malformed("not JSON");
  if (!parsed.is_object()) return Malformed("not a JSON object");
  return ReadStrictObject(Dump(parsed), message);
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
  // Fails only for messages with google.protobuf.Any of unknown type; ours have none.
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) json = "{}";
  return json;
}

std::string Frame(std::string_view state, std::string_view data, std::string_view id) {
  std::string frame(kStateKey);
  AppendJsonString(state, &frame);
  frame += kDataKey;
  frame += data.empty() ? std::string_view("{}") : data;
  if (!id.empty()) {
    frame += ",\"id\":";
    frame += id;
  }
  frame += '}';
  return frame;
}

std::string ErrorFrame(const absl::Status& error, std::string_view id) {
  std::string frame = "{\"state\":\"error\",\"error\":" + ErrorBody(error);
  if (!id.empty()) {
    frame += ",\"id\":";
    frame += id;
  }
  frame += '}';
  return frame;
}

std::string ResyncFrame(const absl::Status& unknown, std::string_view id) {
  const google::rpc::ErrorInfo info = GetErrorInfo(unknown);
  v1::ResyncFrame resync;
  resync.set_reason(info.reason());
  resync.set_head(info.metadata().at("head"));
  return Frame("resync", ToJson(resync), id);
}

std::string ProgressFrame(std::string_view after, std::string_view cursor) {
  std::string data = "{\"after\":";
  AppendJsonString(after, &data);
  data += ",\"cursor\":";
  AppendJsonString(cursor, &data);
  data += '}';
  return Frame("progress", data);
}

FrameParts SplitFrame(std::string_view text) {
  // As Frame() and TransactionsFrameBuilder write it; states need no escapes.
  text.remove_prefix(kStateKey.size() + 1);
  FrameParts parts;
  parts.state = text.substr(0, text.find('"'));
  text.remove_prefix(parts.state.size() + 1);
  if (!text.starts_with(kDataKey)) return parts;
  parts.data = text.substr(kDataKey.size(), text.size() - kDataKey.size() - 1);
  return parts;
}

const std::string& WireFrame::event() const {
  if (event_.empty()) event_ = EventText(text(), cursor_);
  return event_;
}

bool HasTransactions(std::string_view data) { return !data.starts_with("{\"transactions\":[]"); }

std::string FromAfter(std::string_view data, std::string_view after) {
  constexpr std::string_view kAfterKey = "],\"after\":\"";
  const size_t begin = data.rfind(kAfterKey) + kAfterKey.size();
  std::string result(data.substr(0, begin));
  result += after;
  result += data.substr(data.find('"', begin));
  return result;
}

std::string EventText(std::string_view frame, std::string_view cursor) {
  const FrameParts parts = SplitFrame(frame);
  std::string event;
  event.reserve(frame.size() + cursor.size() + 32);
  event += "event: ";
  event += parts.state;
  if (!cursor.empty()) {
    event += "\nid: ";
    event += cursor;
  }
  // JSON text of ours has no line breaks.
  event += "\ndata: ";
  event += parts.data;
  event += "\n\n";
  return event;
}

void TransactionsFrameBuilder::Add(std::string_view transaction_json) {
  if (count_++ > 0) list_ += ',';
  list_ += transaction_json;
}

std::string TransactionsFrameBuilder::Finish(std::string_view after, std::string_view cursor,
                                             bool live) {
  std::string frame;
  frame.reserve(list_.size() + after.size() + cursor.size() + 96);
  frame += "{\"state\":\"transactions\",\"data\":{\"transactions\":[";
  frame += list_;
  frame += "],\"after\":";
  AppendJsonString(after, &frame);
  frame += ",\"cursor\":";
  AppendJsonString(cursor, &frame);
  frame += live ? ",\"live\":true}}" : ",\"live\":false}}";
  list_.clear();
  count_ = 0;
  return frame;
}

}  // namespace ledgercast
