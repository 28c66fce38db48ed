#ifndef SERVICES_COMMON_BASE_CALL_IDS_H_
#define SERVICES_COMMON_BASE_CALL_IDS_H_

// Ids that identify a call in the logs of every program that it passes. These are its request id,
// and the id of the trace that it belongs to (https://www.w3.org/TR/trace-context/, as
// OpenTelemetry sends it).

#include <optional>
#include <string>
#include <string_view>

namespace ledgercast {

// Names of gRPC metadata and of HTTP headers. Header names may be in upper or lower case.
inline constexpr char kRequestIdKey[] = "x-request-id";
inline constexpr char kTraceparentKey[] = "traceparent";

// Returns whether `text`, which a caller chose, is valid as a request id: 1 to 128 letters, digits
// and `-_.~:/+=@`. Other texts would be hard to search for or would flood the logs.
bool IsRequestId(std::string_view text);

// Makes 32 random hexadecimal digits, which are valid as a request id and as a trace id.
std::string MakeCallId();

// The parts of a `traceparent`. Each is a view of its hexadecimal digits.
struct TraceParts {
  // The id of the trace, 32 digits.
  std::string_view trace_id;
  // The id of the calling span, 16 digits.
  std::string_view parent_id;
  // The flags, 2 digits.
  std::string_view flags;
};

// Returns the parts of a `traceparent`; nullopt if it is malformed.
std::optional<TraceParts> ParseTraceparent(std::string_view traceparent);

// Returns the trace id in a `traceparent`, as a view into it; empty if `traceparent` is malformed.
std::string_view TraceIdOf(std::string_view traceparent);

// Returns whether a `traceparent` has the flag `sampled`, which means that its trace is kept.
bool IsSampled(std::string_view traceparent);

// Ids that a call passes on to the next program. Either may be empty.
struct CallIds {
  std::string request_id;
  std::string traceparent;
};

// Returns the ids of a request with these headers. An invalid request id is replaced by a new one,
// and a malformed traceparent is dropped.
CallIds CallIdsOf(const std::string& request_id, const std::string& traceparent);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_CALL_IDS_H_
