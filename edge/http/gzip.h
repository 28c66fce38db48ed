#ifndef EDGE_HTTP_GZIP_H_
#define EDGE_HTTP_GZIP_H_

#include <optional>
#include <string>
#include <string_view>

namespace ledgercast {

// Compresses `content` as gzip (RFC 1952) at zlib's best level, for content that is compressed once
// and sent often. Returns nullopt if it would hardly become smaller.
std::optional<std::string> Gzip(std::string_view content);

// Returns whether a request's `Accept-Encoding` takes gzip (RFC 9110, 12.5.3).
bool AcceptsGzip(std::string_view accept_encoding);

}  // namespace ledgercast

#endif  // EDGE_HTTP_GZIP_H_
