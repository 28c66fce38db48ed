#ifndef EDGE_PROTOCOL_PROTO_JSON_H_
#define EDGE_PROTOCOL_PROTO_JSON_H_

// Reads JSON of strangers, and reads and writes Protobuf's messages as JSON
// (https://protobuf.dev/programming-guides/json/). Pure functions.

#include <google/protobuf/message.h>

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "ledgercast/v1/frames.pb.h"

namespace ledgercast {

// Returns a discarded value if `text` is no JSON or nested too deep.
nlohmann::json ParseBoundedJson(std::string_view text);

std::string DumpJson(const nlohmann::json& json);

// INVALID_ARGUMENT / INVALID_FIELD.
absl::Status MalformedJson(std::string_view what);

// Reads a JSON object as `message`. Unknown fields are an error: a misspelt filter must not show
// more than was meant.
absl::Status ParseJson(std::string_view json, google::protobuf::Message* message);

// Does the same for an object that DumpJson() wrote.
absl::Status ReadDumpedObject(const std::string& json, google::protobuf::Message* message);

// Returns the canonical JSON, which always shows fields without presence.
std::string ToJson(const google::protobuf::Message& message);

// Return the same for the two messages that each socket is sent when it opens, ten times as fast.
std::string ToJson(const v1::AuthenticatedFrame& frame);
std::string ToJson(const v1::WatchingFrame& frame);

}  // namespace ledgercast

#endif  // EDGE_PROTOCOL_PROTO_JSON_H_
