#ifndef EDGE_ERRORS_H_
#define EDGE_ERRORS_H_

// The one place where an absl::Status becomes what a client of the edge sees: the body
// of an error, an HTTP status, a close code.

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "edge/close_code.h"
#include "edge/http.h"

namespace ledgercast {

// The gRPC name of the code: "INVALID_ARGUMENT".
std::string_view CodeName(absl::StatusCode code);

// {"code","reason","message","metadata"}
std::string ErrorBody(const absl::Status& error);

int HttpStatusOf(absl::StatusCode code);

// {"error":{...}} with the status that belongs to the code.
HttpResponse ErrorResponse(const absl::Status& error);
// The same where HTTP has a status of its own (404, 405, 413, 426).
HttpResponse ErrorResponse(int http_status, const absl::Status& error);

// What a connection is answered that is one too many; nothing for those that are fine.
std::optional<HttpResponse> CrowdResponse(Crowd crowd);

// How a socket is closed for an error that it cannot go on after.
CloseCode CloseCodeOf(const absl::Status& error);

}  // namespace ledgercast

#endif  // EDGE_ERRORS_H_
