#include "edge/protocol/frames.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "edge/protocol/errors.h"
#include "edge/protocol/json_text.h"
#include "edge/protocol/proto_json.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxIdBytes = 256;

// The beginning of a frame, and what is between its state and its data.
constexpr std::string_view kStateKey = "{\"state\":";
constexpr std::string_view kDataKey = ",\"data\":";
constexpr std::string_view kTransactionsKey = "{\"transactions\":[";

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

void AppendTransactionsData(std::string_view list, std::string_view after, std::string_view cursor,
                            bool live, std::string* out) {
  *out += kTransactionsKey;
  *out += list;
  *out += "],\"after\":";
  AppendJsonString(after, out);
  *out += ",\"cursor\":";
  AppendJsonString(cursor, out);
  *out += live ? ",\"live\":true}" : ",\"live\":false}";
}

void AppendId(std::string_view id, std::string* frame) {
  if (id.empty()) return;
  *frame += ",\"id\":";
  *frame += id;
}

// Begins a frame up to its data, which is to be appended to its text. There is room for `bytes`
// more and for what stands between them.
FrameText BeginFrame(std::string_view state, size_t bytes) {
  constexpr size_t kPunctuationBytes = 128;
  FrameText frame;
  frame.parts.state = state;
  frame.text.reserve(bytes + state.size() + kPunctuationBytes);
  frame.text += kStateKey;
  AppendJsonString(state, &frame.text);
  frame.text += kDataKey;
  frame.parts.data.begin = frame.text.size();
  return frame;
}

// Ends a frame behind its data.
void EndFrame(std::string_view id, FrameText* frame) {
  frame->parts.data.size = frame->text.size() - frame->parts.data.begin;
  AppendId(id, &frame->text);
  frame->text += '}';
}

}  // namespace

absl::StatusOr<ClientFrame> ParseClientFrame(std::string_view text) {
  const Json json = ParseBoundedJson(text);
  if (json.is_discarded()) return MalformedJson("the frame is not JSON");
  if (!json.is_object()) return MalformedJson("the frame is not a JSON object");
  ClientFrame frame;
  if (const auto id = json.find("id"); id != json.end() && !id->is_null()) {
    if (!id->is_string() && !id->is_number()) {
      return MalformedJson("the frame's id is neither a string nor a number");
    }
    frame.id = RawValue(text, "\"id\"");
    // RawValue() does not find a key that was written with escapes.
    if (frame.id.empty()) frame.id = DumpJson(*id);
    if (frame.id.size() > kMaxIdBytes) {
      return MalformedJson("the frame's id is longer than " + std::to_string(kMaxIdBytes) +
                           " bytes");
    }
  }
  const auto state = json.find("state");
  if (state == json.end() && json.contains("token")) {
    frame.state = "authenticate";
    frame.data = DumpJson(Json{{"token", json["token"]}});
    return frame;
  }
  if (state == json.end() || !state->is_string()) return MalformedJson("the frame has no state");
  frame.state = state->get<std::string>();
  if (const auto data = json.find("data"); data != json.end() && !data->is_null()) {
    frame.data = DumpJson(*data);
  }
  return frame;
}

absl::Status ParseData(const ClientFrame& frame, google::protobuf::Message* message) {
  if (frame.data.empty()) return absl::OkStatus();
  if (frame.data.front() != '{') return MalformedJson("not a JSON object");
  return ReadDumpedObject(frame.data, message);
}

FrameText Frame(std::string_view state, std::string_view data, std::string_view id) {
  FrameText frame = BeginFrame(state, data.size() + id.size());
  frame.text += data.empty() ? std::string_view("{}") : data;
  EndFrame(id, &frame);
  return frame;
}

FrameText ErrorFrame(const absl::Status& error, std::string_view id) {
  FrameText frame;
  frame.parts.state = "error";
  frame.text = "{\"state\":\"error\",\"error\":" + ErrorBody(error);
  AppendId(id, &frame.text);
  frame.text += '}';
  return frame;
}

FrameText ResyncFrame(const absl::Status& unknown, std::string_view id) {
  const google::rpc::ErrorInfo info = GetErrorInfo(unknown);
  v1::ResyncFrame resync;
  resync.set_reason(info.reason());
  resync.set_head(info.metadata().at("head"));
  return Frame("resync", ToJson(resync), id);
}

FrameText ProgressFrame(std::string_view after, std::string_view cursor) {
  std::string data = "{\"after\":";
  AppendJsonString(after, &data);
  data += ",\"cursor\":";
  AppendJsonString(cursor, &data);
  data += '}';
  FrameText frame = Frame("progress", data);
  frame.parts.cursor = cursor;
  return frame;
}

std::string TransactionsData(std::string_view list, std::string_view after, std::string_view cursor,
                             bool live) {
  std::string data;
  AppendTransactionsData(list, after, cursor, live, &data);
  return data;
}

void TransactionsFrameBuilder::Add(std::string_view transaction_json) {
  if (count_++ > 0) list_ += ',';
  list_ += transaction_json;
}

FrameText TransactionsFrameBuilder::Finish(std::string_view after, std::string_view cursor,
                                           bool live) {
  FrameText frame = BeginFrame("transactions", list_.size() + after.size() + cursor.size());
  AppendTransactionsData(list_, after, cursor, live, &frame.text);
  EndFrame(/*id=*/{}, &frame);
  FrameParts& parts = frame.parts;
  parts.transactions = {parts.data.begin + kTransactionsKey.size(), list_.size()};
  parts.cursor = cursor;
  parts.live = live;
  list_.clear();
  count_ = 0;
  return frame;
}

}  // namespace ledgercast
