#include "edge/http/error_response.h"

#include <string_view>

#include "edge/protocol/errors.h"
#include "services/common/base/errors.h"

namespace ledgercast {

std::optional<HttpResponse> AdmissionRefusal(AdmissionVerdict verdict) {
  const auto refusal = [](int http_status, std::string_view message) {
    return ErrorResponse(
        http_status, MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy, message));
  };
  switch (verdict) {
    case AdmissionVerdict::kAdmitted:
      return std::nullopt;
    case AdmissionVerdict::kTooMany:
    case AdmissionVerdict::kFlood:
      return refusal(503, "too many connections; try again later");
    case AdmissionVerdict::kTooFast:
      return refusal(503, "too many new connections a second; try again later");
    case AdmissionVerdict::kTooManyOfAddress:
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
