#ifndef EDGE_CORS_H_
#define EDGE_CORS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edge/http.h"

namespace ledgercast {

// Cross-origin resource sharing (https://fetch.spec.whatwg.org/#http-cors-protocol): which pages'
// scripts may use the HTTP routes. Tokens are sent by scripts on purpose, never by the browser by
// itself, so credentials in its sense are not allowed. Pure functions.

// What every answer to `request` carries; whoever is not allowed is told nothing.
std::vector<std::pair<std::string, std::string>> CorsHeaders(
    const HttpRequest& request, const std::vector<std::string>& allowed_origins);

bool IsPreflight(const HttpRequest& request);

// Answers a preflight for a path that has `methods`, as in "GET, POST".
HttpResponse PreflightResponse(const HttpRequest& request, std::string_view methods,
                               const std::vector<std::string>& allowed_origins);

}  // namespace ledgercast

#endif  // EDGE_CORS_H_
