#ifndef EDGE_PROTOCOL_ERRORS_H_
#define EDGE_PROTOCOL_ERRORS_H_

// Turns an absl::Status into what a client of the edge sees: the body of an error, an HTTP status
// or a close code. This is the only place that does so; http/error_response.h builds HTTP answers
// with it.

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "edge/protocol/close_code.h"

namespace ledgercast {

// Returns the gRPC name of the code: "INVALID_ARGUMENT".
std::string_view CodeName(absl::StatusCode code);

// Returns the JSON body of an error, {"code","reason","message","metadata"}.
std::string ErrorBody(const absl::Status& error);

int HttpStatusOf(absl::StatusCode code);

// Returns the close code for an error after which a socket cannot go on.
CloseCode CloseCodeOf(const absl::Status& error);

}  // namespace ledgercast

#endif  // EDGE_PROTOCOL_ERRORS_H_
