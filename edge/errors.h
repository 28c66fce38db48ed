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

// Returns the gRPC name of the code: "INVALID_ARGUMENT".
std::string_view CodeName(absl::StatusCode code);

// Returns {"code","reason","message","metadata"}.
std::string ErrorBody(const absl::Status& error);

int HttpStatusOf(absl::StatusCode code);

// Returns {"error":{...}} with the HTTP status that belongs to the code.
HttpResponse ErrorResponse(const absl::Status& error);
// Does the same with a status that only HTTP has (404, 405, 413, 426).
HttpResponse ErrorResponse(int http_status, const absl::Status& error);

// Returns the refusal for a connection above a limit; nullopt for kFine.
std::optional<HttpResponse> CrowdResponse(Crowd crowd);

// Returns the close code for an error after which a socket cannot go on.
CloseCode CloseCodeOf(const absl::Status& error);

}  // namespace ledgercast

#endif  // EDGE_ERRORS_H_
