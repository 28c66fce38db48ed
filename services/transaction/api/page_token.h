#ifndef SERVICES_TRANSACTION_API_PAGE_TOKEN_H_
#define SERVICES_TRANSACTION_API_PAGE_TOKEN_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ledgercast {

// An opaque page token: where the page ended, bound to the query that it belongs to by
// a fingerprint, so that a token under changed arguments is refused (AIP-158).
std::string MakePageToken(std::string_view query, std::string_view place);

// The place in a token that MakePageToken() made for this `query`; else INVALID_FIELD.
absl::StatusOr<std::string> ReadPageToken(std::string_view token, std::string_view query);

// INVALID_FIELD: the place in a token is none that MakePageToken() was ever given.
absl::Status DamagedPageToken();

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_PAGE_TOKEN_H_
