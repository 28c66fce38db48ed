#ifndef EDGE_HTTP_CORS_H_
#define EDGE_HTTP_CORS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edge/net/http.h"

namespace ledgercast {

// Cross-origin resource sharing (https://fetch.spec.whatwg.org/#http-cors-protocol): says which
// pages' scripts may use the HTTP routes. Scripts send tokens on purpose, the browser never does by
// itself, so the protocol's credentials are not allowed. Pure functions.

// Returns the headers of every answer to `request`. They allow nothing to a foreign origin.
std::vector<std::pair<std::string, std::string>> CorsHeaders(
    const HttpRequest& request, const std::vector<std::string>& allowed_origins);

bool IsPreflight(const HttpRequest& request);

// Answers a preflight for a path that has `methods`, as in "GET, POST".
HttpResponse PreflightResponse(const HttpRequest& request, std::string_view methods,
                               const std::vector<std::string>& allowed_origins);

}  // namespace ledgercast

#endif  // EDGE_HTTP_CORS_H_
