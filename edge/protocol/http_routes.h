#ifndef EDGE_PROTOCOL_HTTP_ROUTES_H_
#define EDGE_PROTOCOL_HTTP_ROUTES_H_

#include <array>
#include <cstddef>
#include <string_view>

namespace ledgercast {

// One of the edge's HTTP routes, as the metrics name it.
struct HttpRoute {
  std::string_view method;
  // A path that ends with '/' is followed by exactly one more segment.
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
    // Stands for the files of the page, whatever the method.
    HttpRoute{"GET", "/"},
    // Stands for requests that no route takes: other paths, other methods and preflights.
    HttpRoute{"other", "other"},
};
inline constexpr size_t kFileRoute = kHttpRoutes.size() - 2;
inline constexpr size_t kNoRoute = kHttpRoutes.size() - 1;

// Classes of HTTP statuses. There is no "1xx", because no route answers with an informational
// status.
inline constexpr std::array<std::string_view, 4> kStatusClasses = {"2xx", "3xx", "4xx", "5xx"};
inline constexpr size_t StatusClassOf(int status) {
  return status < 300 ? 0 : status < 400 ? 1 : status < 500 ? 2 : 3;
}

}  // namespace ledgercast

#endif  // EDGE_PROTOCOL_HTTP_ROUTES_H_
