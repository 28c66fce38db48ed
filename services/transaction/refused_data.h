#ifndef SERVICES_TRANSACTION_REFUSED_DATA_H_
#define SERVICES_TRANSACTION_REFUSED_DATA_H_

#include <string_view>

#include "absl/status/status.h"
#include "services/common/base/errors.h"

namespace ledgercast {

// The error of a database that refuses a value that it was given. Its code is INTERNAL like that of
// every mistake of ours, because requests are validated before they get there; but it is known to
// lie in what was written and not, say, in a table that is missing, so that leaving out the
// transaction that has the value helps the others of its batch.
inline absl::Status RefusedData(std::string_view message) {
  return MakeError(absl::StatusCode::kInternal, reason::kInternal, message, {{"refused", "data"}});
}

// Whether `status` is of RefusedData(), or a unique violation, which stores answer as
// ALREADY_EXISTS.
inline bool IsRefusedData(const absl::Status& status) {
  if (absl::IsAlreadyExists(status)) return true;
  return absl::IsInternal(status) && GetErrorInfo(status).metadata().contains("refused");
}

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_REFUSED_DATA_H_
