#ifndef EDGE_HTTP_ORIGIN_H_
#define EDGE_HTTP_ORIGIN_H_

#include <string>
#include <string_view>
#include <vector>

namespace ledgercast {

// Returns whether a page from `origin` (the header) may open a socket here. Browsers do not keep
// pages from opening sockets to other sites, so the server must. It allows the site's own pages,
// whose host and port are those of the request's `host`, and the pages of the `allowed` origins. It
// also allows requests without an Origin, because programs send none.
bool IsOriginAllowed(std::string_view origin, std::string_view host,
                     const std::vector<std::string>& allowed);

}  // namespace ledgercast

#endif  // EDGE_HTTP_ORIGIN_H_
