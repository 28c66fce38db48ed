#ifndef EDGE_PROTOCOL_PROTO_JSON_H_
#define EDGE_PROTOCOL_PROTO_JSON_H_

// Reads JSON from untrusted clients, and reads and writes Protobuf's messages as JSON
// (https://protobuf.dev/programming-guides/json/). All functions are pure.

#include <google/protobuf/message.h>

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "ledgercast/v1/frames.pb.h"

namespace ledgercast {

// Parses `text`. Returns a discarded value if it is not JSON or is nested too deeply.
nlohmann::json ParseBoundedJson(std::string_view text);

std::string DumpJson(const nlohmann::json& json);

// Makes an error INVALID_ARGUMENT / INVALID_FIELD with the message `what`.
absl::Status MalformedJson(std::string_view what);

// Reads a JSON object into `message`. Unknown fields are an error, because a misspelt filter must
// not show more than was meant.
absl::Status ParseJson(std::string_view json, google::protobuf::Message* message);

// Does the same for text that DumpJson() wrote from an object.
absl::Status ReadDumpedObject(const std::string& json, google::protobuf::Message* message);

// Returns the canonical JSON of `message`. Fields without presence are written even if they hold
// their default.
std::string ToJson(const google::protobuf::Message& message);

// Return the same for the two messages that every socket receives when it opens. They are about ten
// times as fast.
std::string ToJson(const v1::AuthenticatedFrame& frame);
std::string ToJson(const v1::WatchingFrame& frame);

}  // namespace ledgercast

#endif  // EDGE_PROTOCOL_PROTO_JSON_H_
