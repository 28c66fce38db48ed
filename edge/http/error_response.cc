#include "edge/http/error_response.h"

#include <string_view>

#include "edge/protocol/errors.h"
#include "services/common/base/errors.h"

namespace ledgercast {

std::optional<HttpResponse> CrowdResponse(Crowd crowd) {
  const auto refusal = [](int http_status, std::string_view message) {
    return ErrorResponse(
        http_status, MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy, message));
  };
  switch (crowd) {
    case Crowd::kFine:
      return std::nullopt;
    case Crowd::kTooMany:
    case Crowd::kFlood:
      return refusal(503, "too many connections; try again later");
    case Crowd::kTooFast:
      return refusal(503, "too many new connections a second; try again later");
    case Crowd::kTooManyOfAddress:
      return refusal(429, "too many connections of this address");
  }
  return std::nullopt;
}

HttpResponse ErrorResponse(const absl::Status& error) {
  return ErrorResponse(HttpStatusOf(error.code()), error);
}

HttpResponse ErrorResponse(int http_status, const absl::Status& error) {
  HttpResponse response = HttpResponse::Json(http_status, "{\"error\":" + ErrorBody(error) + "}");
  if (http_status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (http_status == 429 || http_status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace ledgercast
