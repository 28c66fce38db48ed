#ifndef SERVICES_COMMON_BASE_CALL_IDS_H_
#define SERVICES_COMMON_BASE_CALL_IDS_H_

// The ids by which a call is found again in the logs of every program that it passed: its request
// id, and the trace that it is a part of (https://www.w3.org/TR/trace-context/, as OpenTelemetry
// sends it).

#include <optional>
#include <string>
#include <string_view>

namespace ledgercast {

// Names of gRPC metadata and, in upper or lower case, of HTTP headers.
inline constexpr char kRequestIdKey[] = "x-request-id";
inline constexpr char kTraceparentKey[] = "traceparent";

// Whether `text`, which a caller chose, may be a request id: 1 to 128 letters, digits and
// `-_.~:/+=@`. Other texts could not be searched for, or would flood the logs.
bool IsRequestId(std::string_view text);

// Makes 32 random hexadecimal digits, which will do as a request id or a trace id.
std::string MakeCallId();

// The parts of a `traceparent`, each a view of its hexadecimal digits.
struct TraceParts {
  // 32 digits.
  std::string_view trace_id;
  // 16 digits.
  std::string_view parent_id;
  // 2 digits.
  std::string_view flags;
};

// Returns the parts of a `traceparent`; nullopt if it is malformed.
std::optional<TraceParts> ParseTraceparent(std::string_view traceparent);

// Returns the trace id in a `traceparent`, a view into it; empty if that is malformed.
std::string_view TraceIdOf(std::string_view traceparent);

// Returns whether a `traceparent` says that its trace is kept: the flag `sampled`.
bool IsSampled(std::string_view traceparent);

// What a call takes along to the next program; either may be empty.
struct CallIds {
  std::string request_id;
  std::string traceparent;
};

// Returns the ids of a request with these headers: its own request id if it has a good one, else a
// new one, and its traceparent if that is well formed.
CallIds CallIdsOf(const std::string& request_id, const std::string& traceparent);

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_CALL_IDS_H_
