#ifndef SERVICES_TRANSACTION_POSTING_UUID_H_
#define SERVICES_TRANSACTION_POSTING_UUID_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace ledgercast {

// Makes a version 7 UUID (RFC 9562). It begins with the time, so new ids are added at the end of
// the index on them.
std::string MakeUuidV7(absl::Time now);

// Returns the canonical lower-case form of a UUID of any version; nullopt if it is not one in the
// 8-4-4-4-12 form.
std::optional<std::string> CanonicalUuid(std::string_view text);

// Returns whether the UUID is the nil or the max UUID (RFC 9562, sections 5.9 and 5.10). Both are
// reserved and must not be the id of anything.
bool IsNilOrMaxUuid(std::string_view canonical);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_POSTING_UUID_H_
