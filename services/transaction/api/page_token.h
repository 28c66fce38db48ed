#ifndef SERVICES_TRANSACTION_API_PAGE_TOKEN_H_
#define SERVICES_TRANSACTION_API_PAGE_TOKEN_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ledgercast {

// Makes an opaque page token that says where the page ended. A fingerprint binds it to its query,
// so that a token with changed arguments is refused (AIP-158).
std::string MakePageToken(std::string_view query, std::string_view place);

// Returns the place in a token that MakePageToken() made for this `query`, otherwise INVALID_FIELD.
absl::StatusOr<std::string> ReadPageToken(std::string_view token, std::string_view query);

// Makes INVALID_FIELD, for a token whose place is not one that this service gave to
// MakePageToken().
absl::Status DamagedPageToken();

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_PAGE_TOKEN_H_
