#ifndef SERVICES_TRANSACTION_REFUSED_DATA_H_
#define SERVICES_TRANSACTION_REFUSED_DATA_H_

#include <string_view>

#include "absl/status/status.h"
#include "services/common/base/errors.h"

namespace ledgercast {

// Makes the error of a database that refuses a value. Its code is INTERNAL, because requests are
// validated before, so a refused value is a mistake of ours. But unlike, for example, a missing
// table, the mistake is in the value that was written. So the other transactions of the batch can
// be posted without the one that has the value.
inline absl::Status RefusedData(std::string_view message) {
  return MakeError(absl::StatusCode::kInternal, reason::kInternal, message, {{"refused", "data"}});
}

// Returns whether `status` is from RefusedData() or is a unique violation, for which stores return
// ALREADY_EXISTS.
inline bool IsRefusedData(const absl::Status& status) {
  if (absl::IsAlreadyExists(status)) return true;
  return absl::IsInternal(status) && GetErrorInfo(status).metadata().contains("refused");
}

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_REFUSED_DATA_H_
