#ifndef EDGE_PROTOCOL_HTTP_ROUTES_H_
#define EDGE_PROTOCOL_HTTP_ROUTES_H_

#include <array>
#include <cstddef>
#include <string_view>

namespace ledgercast {

// The edge's HTTP routes as metrics name them.
struct HttpRoute {
  std::string_view method;
  // A trailing '/' stands for one more segment.
  std::string_view path;
};

inline constexpr std::array kHttpRoutes = {
    HttpRoute{"POST", "/v1/token"},
    HttpRoute{"POST", "/v1/transactions"},
    HttpRoute{"GET", "/v1/transactions"},
    HttpRoute{"GET", "/v1/transactions/"},
    HttpRoute{"GET", "/v1/accounts"},
    HttpRoute{"GET", "/v1/accounts/"},
    HttpRoute{"GET", "/v1/digest"},
    HttpRoute{"GET", "/v1/events"},
    HttpRoute{"GET", "/v1/poll"},
    HttpRoute{"GET", "/v1/status"},
    // The files of the page, by whatever method.
    HttpRoute{"GET", "/"},
    // Requests that no route takes: other paths, other methods, preflights.
    HttpRoute{"other", "other"},
};
inline constexpr size_t kFileRoute = kHttpRoutes.size() - 2;
inline constexpr size_t kNoRoute = kHttpRoutes.size() - 1;

// Classes of HTTP statuses: informational answers are none of ours.
inline constexpr std::array<std::string_view, 4> kStatusClasses = {"2xx", "3xx", "4xx", "5xx"};
inline constexpr size_t StatusClassOf(int status) {
  return status < 300 ? 0 : status < 400 ? 1 : status < 500 ? 2 : 3;
}

}  // namespace ledgercast

#endif  // EDGE_PROTOCOL_HTTP_ROUTES_H_
