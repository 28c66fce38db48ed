#ifndef SERVICES_TRANSACTION_API_TOO_BUSY_H_
#define SERVICES_TRANSACTION_API_TOO_BUSY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace ledgercast {

// Makes RESOURCE_EXHAUSTED / TOO_BUSY that says when to try again: in whole seconds in the message
// and as `retryAfterSeconds` in the metadata, and exactly as google.rpc.RetryInfo. `why` is the
// message's beginning.
absl::Status TooBusyFor(absl::Duration wait, const std::string& why);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_TOO_BUSY_H_
