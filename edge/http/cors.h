#ifndef EDGE_HTTP_CORS_H_
#define EDGE_HTTP_CORS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edge/net/http.h"

namespace ledgercast {

// Cross-origin resource sharing (https://fetch.spec.whatwg.org/#http-cors-protocol). It says which
// pages' scripts may use the HTTP routes. Scripts add their token on purpose and the browser never
// adds it by itself, so the protocol's credentials are not allowed. All functions are pure.

// Returns the headers that every answer to `request` has. They allow nothing to a foreign origin.
std::vector<std::pair<std::string, std::string>> CorsHeaders(
    const HttpRequest& request, const std::vector<std::string>& allowed_origins);

bool IsPreflight(const HttpRequest& request);

// Answers a preflight for a path that has these `methods`, such as "GET, POST".
HttpResponse PreflightResponse(const HttpRequest& request, std::string_view methods,
                               const std::vector<std::string>& allowed_origins);

}  // namespace ledgercast

#endif  // EDGE_HTTP_CORS_H_
