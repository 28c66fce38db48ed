#include "edge/http/cors.h"

#include "edge/http/error_response.h"
#include "edge/http/origin.h"
#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

constexpr char kRequestHeaders[] =
    "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Traceparent, X-Request-Id";
constexpr char kResponseHeaders[] = "Idempotency-Replayed, Retry-After, X-Request-Id";
constexpr char kPreflightSeconds[] = "600";

bool IsAllowed(const HttpRequest& request, const std::vector<std::string>& allowed_origins) {
  return !request.origin.empty() && IsOriginAllowed(request.origin, request.host, allowed_origins);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> CorsHeaders(
    const HttpRequest& request, const std::vector<std::string>& allowed_origins) {
  std::vector<std::pair<std::string, std::string>> headers = {{"Vary", "Origin"}};
  if (IsAllowed(request, allowed_origins)) {
    headers.emplace_back("Access-Control-Allow-Origin", request.origin);
    headers.emplace_back("Access-Control-Expose-Headers", kResponseHeaders);
  }
  return headers;
}

bool IsPreflight(const HttpRequest& request) {
  return request.method == "OPTIONS" && !request.origin.empty() &&
         !request.access_control_request_method.empty();
}

HttpResponse PreflightResponse(const HttpRequest& request, std::string_view methods,
                               const std::vector<std::string>& allowed_origins) {
  if (!IsAllowed(request, allowed_origins)) {
    return ErrorResponse(MakeError(absl::StatusCode::kPermissionDenied, reason::kNotAllowed,
                                   "pages of this origin may not connect"));
  }
  HttpResponse response;
  response.status = 204;
  response.headers = {{"Access-Control-Allow-Methods", std::string(methods)},
                      {"Access-Control-Allow-Headers", kRequestHeaders},
                      {"Access-Control-Max-Age", kPreflightSeconds}};
  return response;
}

}  // namespace ledgercast
