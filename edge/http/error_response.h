#ifndef EDGE_HTTP_ERROR_RESPONSE_H_
#define EDGE_HTTP_ERROR_RESPONSE_H_

// Makes the HTTP answers of errors.

#include <optional>

#include "absl/status/status.h"
#include "edge/net/http.h"

namespace ledgercast {

// Returns {"error":{...}} with the HTTP status that belongs to the code.
HttpResponse ErrorResponse(const absl::Status& error);
// Does the same with a status that only HTTP has (404, 405, 413, 426).
HttpResponse ErrorResponse(int http_status, const absl::Status& error);

// Returns the refusal of a connection that is above a limit; nullopt for kFine.
std::optional<HttpResponse> AdmissionRefusal(AdmissionVerdict verdict);

}  // namespace ledgercast

#endif  // EDGE_HTTP_ERROR_RESPONSE_H_
