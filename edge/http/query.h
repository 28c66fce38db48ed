#ifndef EDGE_HTTP_QUERY_H_
#define EDGE_HTTP_QUERY_H_

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace ledgercast {

// Decodes escapes such as %41. A malformed escape stays as it is.
std::string PercentDecode(std::string_view text);

// Reads `a=b&c=d` into the fields of `message` by their JSON names. Repeated fields may be given
// several times. Returns INVALID_ARGUMENT for fields that are unknown or malformed.
absl::Status ParseQuery(std::string_view query, google::protobuf::Message* message);

}  // namespace ledgercast

#endif  // EDGE_HTTP_QUERY_H_
