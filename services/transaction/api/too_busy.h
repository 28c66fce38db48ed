#ifndef SERVICES_TRANSACTION_API_TOO_BUSY_H_
#define SERVICES_TRANSACTION_API_TOO_BUSY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace ledgercast {

// Makes RESOURCE_EXHAUSTED / TOO_BUSY with the time after which to try again. The message and
// `retryAfterSeconds` in the metadata state it in whole seconds, and google.rpc.RetryInfo exactly.
// `why` is the beginning of the message.
absl::Status TooBusyFor(absl::Duration wait, const std::string& why);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_API_TOO_BUSY_H_
