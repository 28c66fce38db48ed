#ifndef EDGE_NET_HTTP_REQUEST_H_
#define EDGE_NET_HTTP_REQUEST_H_

#include <functional>
#include <optional>
#include <string>

#include "edge/net/http.h"

namespace ledgercast {

// Makes a request. `target` is the path with its query; `header` returns nullopt for a missing
// header.
HttpRequest MakeHttpRequest(std::string method, const std::string& target, std::string body,
                            const std::function<std::optional<std::string>(const char*)>& header);

}  // namespace ledgercast

#endif  // EDGE_NET_HTTP_REQUEST_H_
